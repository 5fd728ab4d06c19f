package vsphereclone

import (
	"context"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// A stack of a creation reads downward, and is short: the functions of this module between the resource's Create and the client, and
// between Create and the HTTP exchange.
const (
	mostToClient   = 4
	mostToExchange = 8
)

const module = "github.com/vmfork/terraform-provider-vmfork/internal/"

// ownFrames returns the functions of this module, tests left out, that the calling goroutine is in below the resource's Create: the
// innermost last. It is nil outside of a Create.
func ownFrames() []string {
	counters := make([]uintptr, 200)
	frames := runtime.CallersFrames(counters[:runtime.Callers(2, counters)])
	var own []string
	for {
		frame, more := frames.Next()
		name, ours := strings.CutPrefix(frame.Function, module)
		switch {
		case strings.HasPrefix(name, "lifecycle.") && strings.HasSuffix(name, ".Create"):
			slices.Reverse(own)

			return own
		case ours && !strings.HasSuffix(frame.File, "_test.go") && !strings.HasPrefix(name, "acctest"):
			own = append(own, name)
		}
		if !more {
			return nil
		}
	}
}

// watchedVCenter notes the stack of each StartClone.
type watchedVCenter struct {
	*fakevsphere.VCenter

	stacks [][]string
}

func (w *watchedVCenter) StartClone(ctx context.Context, spec vsphere.CloneSpec) (task.Handle[string], error) {
	w.stacks = append(w.stacks, ownFrames())

	return w.VCenter.StartClone(ctx, spec)
}

// TestStackToClient has few frames between the resource's Create and the client's StartClone, on the goroutine of the request.
func TestStackToClient(t *testing.T) {
	t.Parallel()
	watched := &watchedVCenter{VCenter: fakevsphere.New()}
	newCoreOf(t, watched).Apply(t.Context(), basic()).Clean(t)
	if len(watched.stacks) != 1 || watched.stacks[0] == nil {
		t.Fatalf("StartClone was called below a Create %d times: %v", len(watched.stacks), watched.stacks)
	}
	own := watched.stacks[0]
	t.Logf("Create\n%s\nStartClone", strings.Join(own, "\n"))
	if len(own) > mostToClient {
		t.Errorf("%d own frames, want at most %d", len(own), mostToClient)
	}
}

// exchangeLog takes the log of a client and notes the stack of each exchange that requests a clone.
type exchangeLog struct {
	slog.Handler

	stacks *[][]string
}

func (e exchangeLog) Enabled(context.Context, slog.Level) bool { return true }

func (e exchangeLog) Handle(_ context.Context, record slog.Record) error {
	record.Attrs(func(attribute slog.Attr) bool {
		if attribute.Key == "op" && attribute.Value.String() == callClone {
			if own := ownFrames(); own != nil {
				*e.stacks = append(*e.stacks, own)
			}
		}

		return true
	})

	return nil
}

// TestStackToExchange has few frames between the resource's Create and the HTTP exchange of the real client.
func TestStackToExchange(t *testing.T) {
	t.Parallel()
	server, err := vcenter.Start(vcenter.Options{VMs: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	var stacks [][]string
	connection, err := vsphere.New(vsphere.Config{
		Endpoint: server.Endpoint(), Username: server.Username(), Password: server.Password(), Thumbprint: server.Thumbprint(),
		Logger: slog.New(exchangeLog{slog.DiscardHandler, &stacks}),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := connection.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	golden, _ := server.VM("DC0_C0_RP0_VM0")
	newCoreOf(t, connection).Apply(t.Context(), basic(config{"source_vm_id": golden.ID})).Clean(t)
	if len(stacks) == 0 {
		t.Fatal("no exchange of a clone is on the stack of a Create")
	}
	t.Logf("Create\n%s", strings.Join(stacks[0], "\n"))
	if own := len(stacks[0]); own > mostToExchange {
		t.Errorf("%d own frames, want at most %d", own, mostToExchange)
	}
}
