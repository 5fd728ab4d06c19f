//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// ignoreBackgroundReads lets a read from the terminal fail where this is a background job (`simulator &`): otherwise the
// shell would stop the whole program, connections and all.
func ignoreBackgroundReads() { signal.Ignore(syscall.SIGTTIN) }
