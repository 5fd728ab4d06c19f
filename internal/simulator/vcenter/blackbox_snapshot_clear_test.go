package vcenter_test

import (
	"testing"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// clearing is RenameSnapshot as a client sends it that gives an empty description, which govmomi's own type leaves out.
type clearing struct {
	Req *struct {
		This        types.ManagedObjectReference `xml:"_this"`
		Description string                       `xml:"description"`
	} `xml:"urn:vim25 RenameSnapshot,omitempty"`
}

func (*clearing) Fault() *soap.Fault { return nil }

// TestBlackBoxSnapshotClearDescription clears the description, and keeps the name that is not given.
func TestBlackBoxSnapshotClearDescription(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	taken := b.mustCreate(types.CreateSnapshotEx_Task{Name: "name", Description: "words"})
	var request clearing
	request.Req = &struct {
		This        types.ManagedObjectReference `xml:"_this"`
		Description string                       `xml:"description"`
	}{This: taken}
	if err := b.client.RoundTrip(t.Context(), &request, new(methods.RenameSnapshotBody)); err != nil {
		t.Fatal(err)
	}
	if node := b.node(taken); node.Name != "name" || node.Description != "" {
		t.Errorf("%+v", node)
	}
}
