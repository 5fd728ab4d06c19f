package vm

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

// TestIdentity has the vCenter of a pending VM, and no id.
func TestIdentity(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		id, want types.String
	}{
		"in state":        {types.StringValue("vm-1"), types.StringValue("vm-1")},
		"pending":         {types.StringNull(), types.StringNull()},
		"not yet planned": {types.StringUnknown(), types.StringNull()},
	} {
		got := Attributes{ID: test.id}.Identity("uuid-1")
		if want := (identityModel{VCenterUUID: types.StringValue("uuid-1"), VMID: test.want}); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
	for name, attribute := range IdentitySchema().Attributes {
		if !attribute.IsRequiredForImport() {
			t.Errorf("%s may be left out of an import", name)
		}
	}
}

func TestOtherVCenter(t *testing.T) {
	t.Parallel()
	a := adapterOn(fakevsphere.New())
	connected, err := a.Platform(t.Context())
	if err != nil || connected != fakevsphere.UUID {
		t.Fatal(connected, err)
	}
	said := a.OtherPlatform("uuid-1", connected)
	if said.Summary() != "The VM belongs to another vCenter" || !strings.Contains(said.Detail(), "uuid-1") || !strings.Contains(said.Detail(), connected) {
		t.Errorf("%s: %s", said.Summary(), said.Detail())
	}
}

// privileges tells which privileges a user lacks.
type privileges struct {
	missing []apierr.MissingPrivilege
	err     error
	asked   int
}

func (p *privileges) MissingPrivileges(context.Context, string, ...string) ([]apierr.MissingPrivilege, error) {
	p.asked++

	return p.missing, p.err
}

// TestExplainDenied asks for the missing privileges of a denied operation only, and never hides the error itself.
func TestExplainDenied(t *testing.T) {
	t.Parallel()
	missing := []apierr.MissingPrivilege{{Privilege: "VirtualMachine.State.CreateSnapshot"}}
	denied := &apierr.Error{Kind: apierr.Denied}
	for name, test := range map[string]struct {
		err    error
		asker  privileges
		asked  int
		listed int
	}{
		"explained":          {denied, privileges{missing: missing}, 1, 1},
		"explained already":  {&apierr.Error{Kind: apierr.Denied, MissingPrivileges: missing}, privileges{}, 0, 1},
		"no answer":          {denied, privileges{err: denied}, 1, 0},
		"nothing is missing": {denied, privileges{}, 1, 0},
		"not denied":         {&apierr.Error{Kind: apierr.Busy}, privileges{missing: missing}, 0, 0},
		"no platform error":  {context.Canceled, privileges{missing: missing}, 0, 0},
	} {
		got := ExplainDenied(t.Context(), &test.asker, test.err, "vm-1", "VirtualMachine.State.CreateSnapshot")
		listed := 0
		if failure, ok := got.(*apierr.Error); ok { //nolint:errorlint // the outermost error is what diagnostics show
			listed = len(failure.MissingPrivileges)
		}
		if listed != test.listed || test.asker.asked != test.asked || apierr.KindOf(got) != apierr.KindOf(test.err) {
			t.Errorf("%s: %v lists %d, asked %d times", name, got, listed, test.asker.asked)
		}
	}
}

// TestInWords names a VM by its name, and by its id where the name is not known, as after an import.
func TestInWords(t *testing.T) {
	t.Parallel()
	attributes := Attributes{ID: types.StringValue("vm-1"), PendingTaskID: types.StringValue(lifecycle.UnknownTask)}
	if got := attributes.InWords(); got != "VM vm-1" {
		t.Error(got)
	}
	attributes.Name, attributes.SourceVMID = types.StringValue("web"), types.StringValue("vm-7")
	words := attributes.CreationOf("vmfork_machine")
	if words.Object != `VM "web"` || words.Source != "vm-7" || words.TaskID != "" || words.Platform != tfdiag.VSphere {
		t.Errorf("%+v", words)
	}
	attributes.PendingTaskID = types.StringValue("task-1")
	if got := attributes.CreationOf("vmfork_machine").TaskID; got != "task-1" {
		t.Error(got)
	}
	if got := attributes.CreateOperationOf("clone", nil).Action; got != `clone VM "web" from vm-7` {
		t.Error(got)
	}
}
