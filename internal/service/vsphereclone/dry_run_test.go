package vsphereclone

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// TestDryRun_attributes puts what vCenter's check finds on the argument that the fault names, or is about by its type.
func TestDryRun_attributes(t *testing.T) {
	t.Parallel()
	root := tftypes.NewAttributePath
	for _, test := range []struct {
		finding vsphere.CheckFinding
		at      *tftypes.AttributePath
	}{
		{found(vsphere.CheckError, "NoDiskSpace", "[LocalDS_0] web/web.vmdk"), root().WithAttributeName("placement").WithAttributeName("datastore_id")},
		{found(vsphere.CheckError, "InvalidArgument", "spec.location.pool"), root().WithAttributeName("placement").WithAttributeName("resource_pool_id")},
		{found(vsphere.CheckError, "InsufficientMemoryResourcesFault"), root().WithAttributeName("placement").WithAttributeName("resource_pool_id")},
		{found(vsphere.CheckError, "HostNotConnected"), root().WithAttributeName("placement").WithAttributeName("host_id")},
		{found(vsphere.CheckError, "CannotAccessNetwork"), root().WithAttributeName("network_interfaces")},
		{
			found(vsphere.CheckError, "InvalidDeviceOperation", "2000", "virtualDeviceSpec.device"),
			root().WithAttributeName("disks_to_update").WithElementKeyString("2000"),
		},
		{found(vsphere.CheckError, "InvalidDeviceSpec", vsphere.AddedDisk), root().WithAttributeName("disks_to_add")},
		{found(vsphere.CheckWarning, "NumVirtualCpusNotSupported"), root().WithAttributeName("cpu")},
		{found(vsphere.CheckWarning, "InvalidState"), root().WithAttributeName("source_vm_id")},
		{found(vsphere.CheckError, "RuntimeFault"), nil},
	} {
		fake := fakevsphere.New()
		fake.Found = []vsphere.CheckFinding{test.finding}
		cli := playedcli.New(t, with(fake, func() *lifecycle.Shared {
			shared := newShared()
			shared.DryRun = true

			return shared
		}))
		planned := cli.Plan(basic(config{"disks_to_update": config{"2000": config{"capacity_gib": 20}}}))
		told := slices.Concat(planned.Errors, planned.Warnings)
		if len(told) != 1 || !told[0].Attribute.Equal(test.at) || fake.Made("CheckClone") != 1 {
			t.Errorf("%s: %d checks told %+v, want it on %s", test.finding.Err.Code, fake.Made("CheckClone"), told, test.at)
		}
	}
}

func found(severity vsphere.CheckSeverity, code string, arguments ...string) vsphere.CheckFinding {
	return vsphere.CheckFinding{Severity: severity, Err: &apierr.Error{Code: code, Object: fakevsphere.GoldenID, Arguments: arguments}}
}
