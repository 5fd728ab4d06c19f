package zstackvirtualmachine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// inventory is a ZStack of a few VMs.
type inventory struct {
	vms []zstack.VirtualMachine
	err error // of every call
}

func (i inventory) VirtualMachine(_ context.Context, uuid string) (*zstack.VirtualMachine, error) {
	for _, vm := range i.vms {
		if vm.UUID == uuid {
			return &vm, i.err
		}
	}
	if i.err != nil {
		return nil, i.err
	}

	return nil, &apierr.Error{Kind: apierr.NotFound, Op: "QueryVmInstance", Object: uuid}
}

// VirtualMachinesNamed finds by name as MySQL does, without regard to case: here, every VM.
func (i inventory) VirtualMachinesNamed(context.Context, string) ([]zstack.VirtualMachine, error) {
	return i.vms, i.err
}

// VirtualMachinesNear finds the VMs that are not destroyed and whose names differ in case alone.
func (i inventory) VirtualMachinesNear(_ context.Context, name string) ([]zstack.VirtualMachine, error) {
	there, _ := sorted(i.vms)

	return slices.DeleteFunc(there, func(vm zstack.VirtualMachine) bool { return !strings.EqualFold(vm.Name, name) }), i.err
}

func TestRead_finds(t *testing.T) {
	t.Parallel()

	server := inventory{vms: []zstack.VirtualMachine{
		{UUID: "11", Name: "web", State: zstack.VMRunning},
		{UUID: "22", Name: "db", State: zstack.VMDestroyed},
		{UUID: "33", Name: "db", State: zstack.VMStopped},
		{UUID: "44", Name: "DB", State: zstack.VMRunning},
	}}
	for selector, value := range map[string]string{"uuid": "33", "name": "db"} {
		t.Run(selector, func(t *testing.T) {
			t.Parallel()

			got, diags := playedcli.ReadDataSource[model](t, &dataSource{client: server}, playedcli.Config{selector: value})
			if diags.HasError() {
				t.Fatal(diags)
			}
			if got.ID.ValueString() != "33" || got.UUID.ValueString() != "33" || got.Name.ValueString() != "db" {
				t.Errorf("got %+v", got)
			}
			if !got.HostUUID.IsNull() || !got.RootVolumeUUID.IsNull() || got.Volumes.IsNull() || got.IPAddresses.IsNull() {
				t.Errorf("what is not there must be null, and no volumes an empty map: %+v", got)
			}
		})
	}
}

func TestRead_diagnostics(t *testing.T) {
	t.Parallel()

	server := inventory{vms: []zstack.VirtualMachine{
		{UUID: "11", Name: "web", State: zstack.VMRunning},
		{UUID: "22", Name: "web", State: zstack.VMStopped},
		{UUID: "33", Name: "old", State: zstack.VMDestroyed},
		{UUID: "44", Name: "older", State: zstack.VMExpunging},
	}}
	tests := map[string]struct {
		client   vms
		selector playedcli.Config
		want     diag.Diagnostic
	}{
		"no such uuid": {
			client: server, selector: playedcli.Config{"uuid": "99"},
			want: diag.NewAttributeErrorDiagnostic(path.Root("uuid"), "No such virtual machine",
				`No virtual machine has the uuid "99", or the user may not see it.`),
		},
		"no such name": {
			client: server, selector: playedcli.Config{"name": "mail"},
			want: diag.NewAttributeErrorDiagnostic(path.Root("name"), "No such virtual machine",
				`No virtual machine has the name "mail", or the user may not see it.`),
		},
		"another case": {
			client: server, selector: playedcli.Config{"name": "Web"},
			want: diag.NewAttributeErrorDiagnostic(path.Root("name"), "No such virtual machine",
				"No virtual machine has the name \"Web\", or the user may not see it.\n\n"+
					"Did you mean one of these?\n  - 11  web\n  - 22  web"),
		},
		"several": {
			client: server, selector: playedcli.Config{"name": "web"},
			want: diag.NewAttributeErrorDiagnostic(path.Root("name"), "Several virtual machines match",
				"2 virtual machines have the name \"web\":\n  - 11  web, Running\n  - 22  web, Stopped\n\n"+
					"Select one of them by its uuid."),
		},
		"destroyed": {
			client: server, selector: playedcli.Config{"name": "old"},
			want: diag.NewAttributeErrorDiagnostic(path.Root("name"), "No such virtual machine",
				"Every virtual machine with the name \"old\" is destroyed:\n  - 33  old, Destroyed\n\n"+
					"ZStack keeps a destroyed virtual machine in its recycle bin for some time. Recover it there, or select another."),
		},
		"on the way to be destroyed": {
			client: server, selector: playedcli.Config{"uuid": "44"},
			want: diag.NewAttributeErrorDiagnostic(path.Root("uuid"), "No such virtual machine",
				"Every virtual machine with the uuid \"44\" is destroyed:\n  - 44  older, Expunging\n\n"+
					"ZStack keeps a destroyed virtual machine in its recycle bin for some time. Recover it there, or select another."),
		},
		"configuration not known": {
			client: nil, selector: playedcli.Config{"name": "web"},
			want: diag.NewErrorDiagnostic("The provider's zstack configuration is not known yet",
				"A value of the provider's zstack block is only known after apply, so this can't be read now. Apply what the "+
					"value comes from first (terraform apply -target=…), or give the value as a variable."),
		},
		"failed": {
			client: inventory{err: errors.New("boom")}, selector: playedcli.Config{"name": "web"},
			want: diag.NewErrorDiagnostic(`Could not read the virtual machine with the name "web"`, "Boom."),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, diags := playedcli.ReadDataSource[model](t, &dataSource{client: test.client}, test.selector)
			playedcli.Only(t, diags, test.want)
		})
	}
}

// TestNewModel maps every field: a field that stays null here is forgotten in the mapping.
func TestNewModel(t *testing.T) {
	t.Parallel()

	got := newModel(zstack.VirtualMachine{
		UUID: "11", Name: "web", Description: "d", State: zstack.VMRunning, Type: "UserVm", Platform: "Linux", HypervisorType: "KVM",
		CreatedAt: "Nov 14, 2017 10:20:57 PM", ZoneUUID: "z", ClusterUUID: "c", HostUUID: "h", LastHostUUID: "l", ImageUUID: "i",
		InstanceOfferingUUID: "o", DefaultL3NetworkUUID: "n", RootVolumeUUID: "r", CPUCount: 2, MemoryBytes: 8 << 30,
		NICs: []zstack.NIC{
			{UUID: "n1", L3NetworkUUID: "n", IP: "10.0.0.2", DeviceID: 1},
			{UUID: "n0", L3NetworkUUID: "n", IP: "10.0.0.1"},
			{UUID: "n2", L3NetworkUUID: "n", DeviceID: 2},
		},
		Volumes: []zstack.Volume{
			{UUID: "d2", Type: "Data", DeviceID: 2},
			{UUID: "d1", Type: "Data", DeviceID: 1},
			{UUID: "r", Type: "Root", SizeBytes: 1},
		},
	})
	playedcli.NoNull(t, got)
	for want, list := range map[string]interface{ String() string }{
		`["10.0.0.1","10.0.0.2"]`: got.IPAddresses, `["d1","d2"]`: got.DataVolumeUUIDs,
	} {
		if list.String() != want {
			t.Errorf("got %s, want %s", list, want)
		}
	}
	if len(got.NetworkInterfaces.Elements()) != 3 || len(got.Volumes.Elements()) != 3 {
		t.Errorf("got %s and %s", got.NetworkInterfaces, got.Volumes)
	}
}
