package vsphere

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/backoff"
	"github.com/vmfork/terraform-provider-vmfork/internal/task"
)

// queue is a vCenter that makes a snapshot's task fail, busy, for the first few times, in SOAP by hand.
type queue struct {
	mu       sync.Mutex
	busy     int // tasks that fail
	started  int
	canceled int
}

func (q *queue) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	body := readAll(r)
	answer := func(method, value string) {
		_, _ = fmt.Fprintf(w, envelope, fmt.Sprintf(`<%sResponse xmlns="urn:vim25">%s</%sResponse>`, method, value, method))
	}
	switch {
	case strings.Contains(body, "<CreateSnapshotEx_Task"):
		q.started++
		answer("CreateSnapshotEx_Task", fmt.Sprintf(`<returnval type="Task">task-%d</returnval>`, q.started))
	case strings.Contains(body, "<CancelTask"):
		q.canceled++
		answer("CancelTask", "")
	case strings.Contains(body, "<RetrievePropertiesEx"):
		answer("RetrievePropertiesEx", q.last())
	default:
		answer("Any", "")
	}
}

const envelope = `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" ` +
	`xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
	`<soapenv:Body>%s</soapenv:Body></soapenv:Envelope>`

// last is the end of the task that was started last.
func (q *queue) last() string {
	state, rest := "success", `<propSet><name>info.result</name>`+
		`<val xsi:type="ManagedObjectReference" type="VirtualMachineSnapshot">snapshot-9</val></propSet>`
	if q.started <= q.busy {
		state, rest = "error", `<propSet><name>info.error</name><val xsi:type="LocalizedMethodFault">`+
			`<fault xsi:type="TaskInProgress"><task type="Task">task-other</task></fault>`+
			`<localizedMessage>Another task is already in progress.</localizedMessage></val></propSet>`
	}

	return fmt.Sprintf(`<returnval><objects><obj type="Task">task-%d</obj><propSet><name>info.state</name>`+
		`<val xsi:type="TaskInfoState">%s</val></propSet>%s</objects></returnval>`, q.started, state, rest)
}

func TestQueuedTask_startedAnew(t *testing.T) {
	t.Parallel()
	vcenter := &queue{busy: 2}
	client := newWire(t, vcenter.ServeHTTP)
	h, err := client.CreateSnapshot(t.Context(), SnapshotSpec{VMID: "vm-1", Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	id, err := task.Wait(t.Context(), h)
	if err != nil || id != "snapshot-9" || h.ID() != "task-3" || vcenter.started != 3 {
		t.Errorf("%q of %s, %v after %d tasks", id, h.ID(), err, vcenter.started)
	}
	if !client.tasks.Own("task-2") || !client.tasks.Own("snapshot-9") {
		t.Error("the client does not know its own")
	}
}

func TestQueuedTask_endsWithItsCaller(t *testing.T) {
	t.Parallel()
	vcenter := &queue{busy: 1000}
	client := newWire(t, vcenter.ServeHTTP)
	h, err := client.CreateSnapshot(t.Context(), SnapshotSpec{VMID: "vm-1", Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := task.Wait(ctx, h); !errors.Is(err, task.ErrUnfinished) {
		t.Errorf("an interrupted wait: %v", err)
	}
	_, outcome, err := task.Settle(ctx, h, time.Minute)
	if outcome != task.Cancelled || !apierr.Is(err, apierr.Busy) || vcenter.started != 1 || vcenter.canceled != 1 {
		t.Errorf("settled as %v, %v after %d tasks, %d cancelled", outcome, err, vcenter.started, vcenter.canceled)
	}
}

// TestQueuedTask_leavesTheReserve is not started anew when the deadline might cut it off.
func TestQueuedTask_leavesTheReserve(t *testing.T) {
	t.Parallel()
	vcenter := &queue{busy: 1000}
	client := newWire(t, vcenter.ServeHTTP)
	ctx, cancel := context.WithTimeout(t.Context(), backoff.ChangeReserve)
	defer cancel()
	h, err := client.CreateSnapshot(ctx, SnapshotSpec{VMID: "vm-1", Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := task.Wait(ctx, h); !apierr.Is(err, apierr.Busy) || errors.Is(err, task.ErrUnfinished) || vcenter.started != 1 {
		t.Errorf("%v after %d tasks", err, vcenter.started)
	}
}
