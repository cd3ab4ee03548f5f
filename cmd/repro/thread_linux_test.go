package main

import "syscall"

// threadID identifies the thread that it is called on.
func threadID() int { return syscall.Gettid() }
