package tfattr_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
)

// validate returns what a validator says of a value of the attribute at.
func validate(t *testing.T, v validator.String, at path.Path, value types.String) diag.Diagnostics {
	t.Helper()
	var resp validator.StringResponse
	v.ValidateString(t.Context(), validator.StringRequest{Path: at, ConfigValue: value}, &resp)

	return resp.Diagnostics
}

// checkDiagnostics compares whole diagnostics with the one that is wanted; without a summary none is.
func checkDiagnostics(t *testing.T, got diag.Diagnostics, at path.Path, summary, detail string) {
	t.Helper()
	var want diag.Diagnostics
	if summary != "" {
		want = diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at, summary, detail)}
	}
	if !got.Equal(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestVSphereID(t *testing.T) {
	t.Parallel()
	const object = " The data source vmfork_vsphere_object gives the id for an inventory path."
	const vm = " The data source vmfork_vsphere_virtual_machine gives the id for an inventory path, a name or an instance UUID."
	folder, source := path.Root("placement").AtName("folder_id"), path.Root("source_vm_id")
	tests := map[string]struct {
		kind tfattr.VSphereKind
		at   path.Path
		give string
		want string
	}{
		"a host": {
			tfattr.VSphereFolder, folder, "host-21",
			`"host-21" looks like a host; placement.folder_id wants the id of a VM folder, such as "group-v3".`,
		},
		"a host folder": {
			tfattr.VSphereFolder, folder, "group-h4",
			`"group-h4" looks like a host folder; placement.folder_id wants the id of a VM folder, such as "group-v3".`,
		},
		"a VM": {
			tfattr.VSphereDatastore, path.Root("d"), "vm-42",
			`"vm-42" looks like a virtual machine; d wants the id of a datastore, such as "datastore-11".`,
		},
		"a stand-alone host's compute resource": {
			tfattr.VSphereCluster, path.Root("c"), "domain-s8",
			`"domain-s8" looks like a stand-alone host's compute resource; c wants the id of a cluster, such as "domain-c7".`,
		},
		"a vApp as a cluster": {
			tfattr.VSphereCluster, path.Root("c"), "resgroup-v12",
			`"resgroup-v12" looks like a resource pool; c wants the id of a cluster, such as "domain-c7".`,
		},
		"a path": {
			tfattr.VSphereFolder, folder, "/DC0/vm",
			`"/DC0/vm" is an inventory path; placement.folder_id wants the id of a VM folder, such as "group-v3".` + object,
		},
		"the path of a VM": {
			tfattr.VSphereVM, source, "/DC0/vm/golden",
			`"/DC0/vm/golden" is an inventory path; source_vm_id wants the id of a virtual machine, such as "vm-42".` + vm,
		},
		"a name": {
			tfattr.VSphereVM, source, "golden image",
			`"golden image" is no managed object id; source_vm_id wants the id of a virtual machine, such as "vm-42".` + vm,
		},
		"a snapshot's name": {
			tfattr.VSphereSnapshot, path.Root("s"), "before update",
			`"before update" is no managed object id; s wants the id of a snapshot, such as "snapshot-5".`,
		},
		"a UUID": {
			tfattr.VSphereVM, source, "5021C4A8-1c84-4f5c-9d6d-8c9a9a8bdbd1",
			`"5021C4A8-1c84-4f5c-9d6d-8c9a9a8bdbd1" is a UUID; source_vm_id wants the id of a virtual machine, such as "vm-42".` + vm,
		},
		"a UUID that ends like an id": {
			tfattr.VSphereFolder, folder, "a021c4a8-1c84-4f5c-9d6d-123456789012",
			`"a021c4a8-1c84-4f5c-9d6d-123456789012" is a UUID; placement.folder_id wants the id of a VM folder, such as "group-v3".` + object,
		},
		"a typed reference": {
			tfattr.VSphereVM, source, "VirtualMachine:vm-42",
			`"VirtualMachine:vm-42" has its type in front; source_vm_id wants the id of a virtual machine, such as "vm-42". Give "vm-42".`,
		},
		"white space": {
			tfattr.VSphereVM, source, "vm-42\n",
			`"vm-42\n" has white space around it; source_vm_id wants the id of a virtual machine, such as "vm-42".`,
		},
		"empty": {
			tfattr.VSphereVM, source, "",
			`An empty text is no id; source_vm_id wants the id of a virtual machine, such as "vm-42".` + vm,
		},
		"blank": {
			tfattr.VSphereFolder, folder, "  ",
			`An empty text is no id; placement.folder_id wants the id of a VM folder, such as "group-v3".` + object,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := validate(t, tfattr.VSphereID(test.kind), test.at, types.StringValue(test.give))
			checkDiagnostics(t, got, test.at, "Invalid managed object id", test.want)
		})
	}
}

// TestVSphereIDTakesItsOwn has the ids that vCenter and govmomi's simulator give, and unknown forms.
func TestVSphereIDTakesItsOwn(t *testing.T) {
	t.Parallel()
	for kind, ids := range map[tfattr.VSphereKind][]string{
		tfattr.VSphereVM:           {"vm-42", "vm-1000123"},
		tfattr.VSphereDatacenter:   {"datacenter-2"},
		tfattr.VSphereFolder:       {"group-v3", "group-3", "folder-9"},
		tfattr.VSphereResourcePool: {"resgroup-8", "resgroup-v12"},
		tfattr.VSphereHost:         {"host-10"},
		tfattr.VSphereCluster:      {"domain-c7", "clustercomputeresource-28"},
		tfattr.VSphereDatastore:    {"datastore-11", "vsan.store-2"},
		tfattr.VSphereNetwork:      {"network-7", "dvportgroup-3", "network-o29", "nsx-segment-5"},
		tfattr.VSphereSnapshot:     {"snapshot-5"},
	} {
		for _, id := range ids {
			checkDiagnostics(t, validate(t, tfattr.VSphereID(kind), path.Root("id"), types.StringValue(id)), path.Empty(), "", "")
		}
		for other, ids := range map[tfattr.VSphereKind]string{
			tfattr.VSphereVM: "vm-42", tfattr.VSphereHost: "host-10", tfattr.VSphereDatastore: "datastore-11",
		} {
			if got := validate(t, tfattr.VSphereID(kind), path.Root("id"), types.StringValue(ids)); got.HasError() == (kind == other) {
				t.Errorf("kind %d and %s: %v", kind, ids, got)
			}
		}
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	at := path.Root("name")
	const wantDisk = ` name must be a disk's device key, digits such as "2000". The data source ` +
		"vmfork_vsphere_virtual_machine lists a VM's disks by key, with their labels."
	const wantPath = ` name must be an inventory path from the root, such as "/DC0/vm/web".`
	tests := map[string]struct {
		validator validator.String
		give      string
		summary   string
		detail    string
	}{
		"text":                    {tfattr.NotEmpty(), "x", "", ""},
		"no text":                 {tfattr.NotEmpty(), "", "Empty text", "The text is empty. name must be a text that is not empty."},
		"a blank":                 {tfattr.NotEmpty(), " \t", "Empty text", "The text is empty. name must be a text that is not empty."},
		"a name":                  {tfattr.VMName(), "web-1", "", ""},
		"a name to be escaped":    {tfattr.VMName(), `100% a/b\c`, "", ""},
		"a name of 80 characters": {tfattr.VMName(), strings.Repeat("ü", 80), "", ""},
		"a name of 81 characters": {
			tfattr.VMName(), strings.Repeat("ü", 81),
			"Invalid name", "The name has 81 characters. name must be a name of 1 to 80 characters.",
		},
		"a name with a tab": {tfattr.VMName(), "web\t1", "", ""},
		"a name that XML can't carry": {
			tfattr.VMName(), "web\x00", "Invalid name",
			`The name "web\x00" has a control character that vCenter's API can't carry. name must be a name of 1 to 80 characters.`,
		},
		"no name":       {tfattr.VMName(), "", "Invalid name", "The name is empty. name must be a name of 1 to 80 characters."},
		"a disk":        {tfattr.DiskKey(), "2000", "", ""},
		"a disk label":  {tfattr.DiskKey(), "Hard disk 1", "Invalid disk key", `"Hard disk 1" is no disk key.` + wantDisk},
		"no disk":       {tfattr.DiskKey(), "", "Invalid disk key", `"" is no disk key.` + wantDisk},
		"a path":        {tfattr.InventoryPath(), "/DC0/vm/a b", "", ""},
		"the root":      {tfattr.InventoryPath(), "/", "", ""},
		"a half path":   {tfattr.InventoryPath(), "vm/web", "Invalid inventory path", `"vm/web" does not begin with a slash.` + wantPath},
		"a long path":   {tfattr.InventoryPath(), "/DC0/vm/", "Invalid inventory path", `"/DC0/vm/" ends in a slash.` + wantPath},
		"a UUID":        {tfattr.UUID(), "5021c4a8-1C84-4f5c-9d6d-8c9a9a8bdbd1", "", ""},
		"a short UUID":  {tfattr.UUID(), "5021", "Invalid UUID", `"5021" is no UUID. name must be a UUID, such as "5021c4a8-1c84-4f5c-9d6d-8c9a9a8bdbd1".`},
		"a braced UUID": {tfattr.UUID(), "{5021c4a8-1c84-4f5c-9d6d-8c9a9a8bdbd1}", "Invalid UUID", `"{5021c4a8-1c84-4f5c-9d6d-8c9a9a8bdbd1}" is no UUID. name must be a UUID, such as "5021c4a8-1c84-4f5c-9d6d-8c9a9a8bdbd1".`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkDiagnostics(t, validate(t, test.validator, at, types.StringValue(test.give)), at, test.summary, test.detail)
		})
	}
}

// TestValidatorsWait says nothing of values that are not there or not known, and describes each rule.
func TestValidatorsWait(t *testing.T) {
	t.Parallel()
	for description, v := range map[string]validator.String{
		"must be the managed object id of a virtual machine, such as vm-42": tfattr.VSphereID(tfattr.VSphereVM),
		"must be a text that is not empty":                                  tfattr.NotEmpty(),
		"must be a name of 1 to 80 characters":                              tfattr.VMName(),
	} {
		for _, value := range []types.String{types.StringNull(), types.StringUnknown()} {
			checkDiagnostics(t, validate(t, v, path.Root("x"), value), path.Empty(), "", "")
		}
		if v.Description(t.Context()) != description || v.MarkdownDescription(t.Context()) != description {
			t.Errorf("got %q, want %q", v.Description(t.Context()), description)
		}
	}
}
