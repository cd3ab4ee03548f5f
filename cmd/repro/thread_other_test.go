//go:build !linux

package main

// threadID has no answer here.
func threadID() int { return -1 }
