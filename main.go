// Command terraform-provider-vmfork is the plugin process that the Terraform or OpenTofu CLI starts.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/vmfork/terraform-provider-vmfork/internal/clicommand"
	"github.com/vmfork/terraform-provider-vmfork/internal/profile"
	"github.com/vmfork/terraform-provider-vmfork/internal/provider"
)

// version is set by the build: -ldflags "-X main.version=1.2.3".
var version = "dev"

const (
	// garbageTarget replaces Go's 100: the provider's heap is small and short-lived, and time is worth more than memory.
	garbageTarget = 400
	// closeGrace bounds the logout at the end. The CLI kills a provider two seconds after it asked it to stop.
	closeGrace = 1500 * time.Millisecond
	// orphanGrace is the time that requests in flight have to cancel their tasks when the CLI has died. Their contexts end
	// with the CLI's connection.
	orphanGrace = 3 * time.Second
)

func main() {
	debugMode := flag.Bool("debug", false, "serve until interrupted, and print how a CLI and a debugger attach")
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	log.SetFlags(0) // the CLI adds the time, and takes the level from the line's first word

	if *showVersion {
		fmt.Println("terraform-provider-vmfork", version)

		return
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbageTarget)
	}

	ctx := context.Background()
	vmfork := provider.New(version)
	if !*debugMode {
		vmfork.StartedBy(clicommand.OfParent(ctx))
	}
	if !*debugMode {
		// The CLI stops its providers itself. A signal to the process group, as a terminal or a CI system sends it, must not kill
		// the provider while a VM is being created; nor may SIGPIPE, which a log line raises after the CLI's death.
		signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE)
		go leaveWithParent(ctx, vmfork, os.Getppid()) // Getppid is called here: the parent may die before the goroutine begins
	}
	quietUnlessAsked()

	stopProfile := profile.Start()
	var err error
	if *debugMode {
		err = serveForDebugger(ctx, os.Stdout, provider.Server(vmfork))
	} else {
		err = tf6server.Serve(provider.Address, provider.Server(vmfork))
	}
	stopProfile()
	closeProvider(ctx, vmfork)
	if err != nil {
		log.Fatal(err)
	}
}

// quietUnlessAsked turns the log off unless the environment asks for one: the CLI would discard the lines, after both processes
// have spent a sixth of their time on them.
func quietUnlessAsked() {
	if logWanted(os.Environ()) {
		return
	}
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER_VMFORK"} {
		if err := os.Setenv(name, "off"); err != nil {
			log.Print("[WARN] setting ", name, ": ", err)
		}
	}
}

// logWanted reports whether the environment sets anything about logs: TF_LOG, TF_LOG_PROVIDER, TF_LOG_PATH and their like.
func logWanted(environment []string) bool {
	return slices.ContainsFunc(environment, func(pair string) bool {
		name, value, _ := strings.Cut(pair, "=")

		return strings.HasPrefix(name, "TF_LOG") && value != ""
	})
}

// leaveWithParent ends the process when the CLI has died without stopping it, as after kill -9: signals are ignored, so nothing
// else would. Where a process keeps its parent's id for ever (Windows), it never returns.
func leaveWithParent(ctx context.Context, vmfork *provider.Provider, parent int) {
	for range time.Tick(time.Second) {
		if os.Getppid() == parent {
			continue
		}
		time.Sleep(orphanGrace)
		closeProvider(ctx, vmfork)
		os.Exit(1)
	}
}

func closeProvider(ctx context.Context, vmfork *provider.Provider) {
	ctx, cancel := context.WithTimeout(ctx, closeGrace)
	defer cancel()
	if err := vmfork.Close(ctx); err != nil {
		log.Print("[WARN] closing connections: ", err)
	}
}
