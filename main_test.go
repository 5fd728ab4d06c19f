package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/provider"
)

// TestServeForDebugger attaches to the address that is printed for each CLI.
func TestServeForDebugger(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out, in := io.Pipe()
	served := make(chan error, 1)
	go func() {
		served <- serveForDebugger(ctx, in, provider.Server(provider.New("test")))
		in.Close()
	}()
	var found map[string]reattachment
	for lines := bufio.NewScanner(out); found == nil && lines.Scan(); {
		if _, value, ok := strings.Cut(lines.Text(), "TF_REATTACH_PROVIDERS="); ok {
			if err := json.Unmarshal([]byte(strings.Trim(value, "'")), &found); err != nil {
				t.Fatalf("%v in %s", err, value)
			}
		}
	}
	go io.Copy(io.Discard, out)
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		where := found[host+"/vmfork/vmfork"]
		connection, err := (&net.Dialer{}).DialContext(ctx, where.Addr.Network, where.Addr.String)
		if err != nil || where.ProtocolVersion != 6 {
			t.Errorf("%s: %v, %+v", host, err, where)

			continue
		}
		connection.Close()
	}
	if !slices.Contains(provider.Addresses(), provider.Address) {
		t.Error("the provider's own address is missing")
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestLogWanted(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		environment []string
		want        bool
	}{
		{"nothing", nil, false},
		{"nothing about logs", []string{"HOME=/", "TF_IN_AUTOMATION=1"}, false},
		{"unset", []string{"TF_LOG="}, false},
		{"everything", []string{"HOME=/", "TF_LOG=TRACE"}, true},
		{"providers", []string{"TF_LOG_PROVIDER=debug"}, true},
		{"the SDK", []string{"TF_LOG_SDK_FRAMEWORK=warn"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := logWanted(tt.environment); got != tt.want {
				t.Errorf("wanted: %t", got)
			}
		})
	}
}
