package main

import (
	"bytes"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// hanging is a server whose Close does not return before it is released.
type hanging chan struct{}

func (h hanging) Close() { <-h }

// TestClosing_close shows that a server that hangs does not keep the program, and is told of.
func TestClosing_close(t *testing.T) {
	t.Parallel()
	stuck, fine := make(hanging), make(hanging)
	defer close(stuck)
	close(fine)
	var stderr bytes.Buffer
	closing{fine, stuck}.close(time.Millisecond, &stderr)
	if said := stderr.String(); !strings.Contains(said, errHangs.Error()) || !strings.Contains(said, "hanging.Close") {
		t.Errorf("it does not tell what hangs: %s", said)
	}
	stderr.Reset()
	closing{fine, fine}.close(time.Hour, &stderr)
	if stderr.Len() > 0 {
		t.Errorf("nothing hangs, but it says %s", &stderr)
	}
}

// TestSignalEndsWhatWaits signals the program while clients keep it busy: half a request on each port, a wait without an end, and a task that
// is held.
func TestSignalEndsWhatWaits(t *testing.T) {
	t.Parallel()
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		simulator := start(t, "-vms", "2", "-insecure-http", "-task-duration", "1h")
		for _, endpoint := range []string{simulator.access.VSphere.Endpoint, simulator.access.ZStack.Endpoint} {
			address, err := url.Parse(endpoint)
			if err != nil {
				t.Fatal(err)
			}
			connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", address.Host)
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			if _, err := fmt.Fprint(connection, "POST /sdk HTTP/1.1\r\nHost: simulator\r\nContent-Length: 1000\r\n\r\n<Envelope"); err != nil {
				t.Fatal(err)
			}
		}
		client := simulator.login(t)
		vm, err := find.NewFinder(client.Client).VirtualMachine(t.Context(), "/DC0/vm/DC0_C0_RP0_VM0")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := vm.PowerOff(t.Context()); err != nil {
			t.Fatal(err)
		}
		waits := make(chan error)
		go func() {
			_, err := methods.WaitForUpdatesEx(t.Context(), client, &types.WaitForUpdatesEx{This: client.ServiceContent.PropertyCollector})
			waits <- err
		}()
		if err := simulator.command.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		simulator.wantEnd(t, 0)
		if simulator.stderr.Len() > 0 {
			t.Errorf("it did not end by itself: %s", simulator.stderr)
		}
		if err := <-waits; err == nil {
			t.Error("the wait came to a good end")
		}
	}
}
