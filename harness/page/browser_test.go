package page

import (
	"context"
	"errors"
	"image/png"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestBrowser opens a page in headless Chromium, where there is one. The browser must take it without a word on its console,
// such as one of its content security policy, must keep every picture, and must paint it light and wide, dark and narrow.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes seconds to start")
	}
	browser := findBrowser(t)
	path := filepath.Join(t.TempDir(), "report.html")
	text := render(t, everything())
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, try := range []struct {
		name, size string
		flags      []string
	}{{"light", "1100,1400", nil}, {"dark", "390,1400", []string{"--force-dark-mode"}}} {
		shot := filepath.Join(t.TempDir(), try.name+".png")
		dom, console := browse(t, browser, path, append(try.flags, "--dump-dom", "--hide-scrollbars", "--window-size="+try.size, "--screenshot="+shot)...)
		if console != "" {
			t.Errorf("%s: the browser says:\n%s", try.name, console)
		}
		if !strings.Contains(dom, "Samebits report</title>") || strings.Count(dom, "<img ") != strings.Count(text, "<img ") {
			t.Errorf("%s: the browser has made of the page: %.2000s", try.name, dom)
		}
		background, colours := painted(t, shot)
		if colours < 50 {
			t.Errorf("%s: a picture of %d colours", try.name, colours)
		}
		if dark := background < 0x4000; dark != (try.name == "dark") {
			t.Errorf("%s: the corner has a brightness of %#x", try.name, background)
		}
	}
}

// findBrowser returns the path of Chromium by any of its names, or skips the test.
func findBrowser(t *testing.T) string {
	t.Helper()
	names := []string{"chromium", "chromium-browser", "google-chrome"}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skipf("none of %s is installed", strings.Join(names, ", "))
	return ""
}

// browse opens the page and returns what the browser prints, and what stands on its console.
func browse(t *testing.T, browser, path string, flags ...string) (out, console string) {
	t.Helper()
	profile, err := os.MkdirTemp("", "samebits-browser-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(profile) // a helper of the browser may still write into it
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	args := append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--user-data-dir=" + profile, "--enable-logging=stderr",
	}, flags...)
	cmd := exec.CommandContext(ctx, browser, append(args, (&url.URL{Scheme: "file", Path: path}).String())...)
	cmd.WaitDelay = 10 * time.Second // its helpers may keep the pipes open
	var said, printed strings.Builder
	cmd.Stdout, cmd.Stderr = &printed, &said
	if err := cmd.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		t.Fatalf("%s: %v\n%s", browser, err, said.String())
	}
	for line := range strings.Lines(said.String()) {
		if strings.Contains(line, "CONSOLE") {
			console += line
		}
	}
	return printed.String(), console
}

// painted returns the brightness of a picture's corner, and how many colours it has.
func painted(t *testing.T, path string) (corner uint32, colours int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[3]uint32]bool{}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, b, _ := img.At(x, y).RGBA()
			seen[[3]uint32{r, g, b}] = true
		}
	}
	r, g, bl, _ := img.At(b.Min.X, b.Min.Y).RGBA()
	return (r + g + bl) / 3, len(seen)
}
