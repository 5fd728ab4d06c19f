// Command launcher is what the bench puts in a provider's place, so that it learns what the provider took of the machine.
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
