package main

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// narrator prints what the demo does. It is safe for concurrent use.
type narrator struct {
	mu           sync.Mutex
	out          io.Writer
	verbose      bool // print all of the CLI's output, not only what matters
	steps        int
	onWriteError func() // called when the output can't be written any more
}

// line prints one line.
func (n *narrator) line(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, err := fmt.Fprintf(n.out, format+"\n", args...); err != nil && n.onWriteError != nil {
		n.onWriteError()
	}
}

// step begins a scene.
func (n *narrator) step(title string) {
	n.steps++
	n.line("\n%d. %s", n.steps, title)
}

// done says what the demo did itself.
func (n *narrator) done(format string, args ...any) { n.line("   "+format, args...) }

// telling are words of the CLI's lines that are worth a reader's time.
var telling = []string{
	"Plan:", "No changes", "will be created", "will be updated", "will be destroyed", "must be replaced", "has changed",
	"Creating...", "Creation complete", "Modifying...", "Modifications complete", "Destroying...", "Destruction complete",
	"Still ", "Apply complete", "Destroy complete", "Interrupt", "Stopping", "Gracefully", "Warning:", "Error:", " -> ", "initialized",
}

func tells(line string) bool {
	if strings.HasPrefix(line, "│") {
		return true // a warning or an error of several lines
	}
	if strings.Contains(line, "(known after apply)") || strings.HasSuffix(line, "-> null") {
		return false
	}

	return slices.ContainsFunc(telling, func(word string) bool { return strings.Contains(line, word) })
}

// transcript is a writer that prints the CLI's output line by line.
type transcript struct {
	say  *narrator
	rest []byte // a line that is not complete
}

// Write implements io.Writer.
func (t *transcript) Write(p []byte) (int, error) {
	t.rest = append(t.rest, p...)
	for {
		line, rest, complete := bytes.Cut(t.rest, []byte("\n"))
		if !complete {
			return len(p), nil
		}
		t.rest = rest
		if text := string(line); t.say.verbose || tells(text) {
			t.say.line("   | %s", text)
		}
	}
}
