package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"time"
)

// closeLimit is how long the servers may take to end. What takes longer hangs, and the program ends without it.
const closeLimit = 3 * time.Second

// closing are the servers that the program closes when it ends.
type closing []interface{ Close() }

// close closes all servers at once. It returns after the limit in any case, and then tells what hangs.
func (c closing) close(limit time.Duration, stderr io.Writer) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var all sync.WaitGroup
		for _, server := range c {
			all.Go(server.Close)
		}
		all.Wait()
	}()
	select {
	case <-ended:
	case <-time.After(limit):
		complain(stderr, errHangs)
		const enough = 1 << 20
		stacks := make([]byte, enough)
		_, _ = stderr.Write(stacks[:runtime.Stack(stacks, true)])
	}
}

var errHangs = errors.New("a request or a task does not end; the program ends without it. This is a fault of the simulator: please report these goroutines")

// ownTemporaryFolder gives the program a folder of its own for temporary files, and returns what removes it: a server that hangs does not
// remove its files.
func ownTemporaryFolder() (remove func(), err error) {
	folder, err := os.MkdirTemp("", "simulator-")
	if err != nil {
		return nil, fmt.Errorf("create a folder for temporary files: %w", err)
	}
	if err := os.Setenv("TMPDIR", folder); err != nil {
		return nil, fmt.Errorf("use the folder for temporary files: %w", err)
	}

	return func() { _ = os.RemoveAll(folder) }, nil
}
