// Command profiled is the provider, as far as the bench needs it, with a profile of each process's CPU time.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"runtime/pprof"
	"syscall"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/vmfork/terraform-provider-vmfork/internal/provider"
)

// profiles is the folder that each process leaves a profile in, set by the build: -ldflags "-X main.profiles=folder".
var profiles string

func main() {
	log.SetFlags(0)
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE)
	debug.SetGCPercent(400) // as the provider's program does
	for _, name := range []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER_VMFORK"} {
		if err := os.Setenv(name, "off"); err != nil {
			log.Fatal(err)
		}
	}
	if err := serve(context.Background()); err != nil {
		log.Fatal(err)
	}
}

// serve serves the provider until the CLI stops it, and writes the profile.
func serve(ctx context.Context) (err error) {
	file, err := os.Create(filepath.Join(profiles, fmt.Sprintf("%s-%d.pprof", time.Now().Format("150405.000"), os.Getpid())))
	if err != nil {
		return fmt.Errorf("the profile: %w", err)
	}
	defer func() { _ = file.Close() }()
	if err := pprof.StartCPUProfile(file); err != nil {
		return fmt.Errorf("the profile: %w", err)
	}
	vmfork := provider.New("profiled")
	err = tf6server.Serve(provider.Address, provider.Server(vmfork))
	pprof.StopCPUProfile() // first of all: the CLI grants two seconds
	closing, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	_ = vmfork.Close(closing) // what it leaves behind shows in the next measurement

	return err //nolint:wrapcheck // it says what it is about
}
