// Command launcher starts the provider in the bench's measurements, and records the CPU time and memory that it takes.
package main

import (
	"fmt"
	"os"

	"github.com/vmfork/terraform-provider-vmfork/internal/bench/launcher"
)

func main() {
	code, err := launcher.Launch(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}
