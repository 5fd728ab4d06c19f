package vcenter_test

import (
	"bytes"
	"testing"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

// TestBlackBoxMarkAsVirtualMachine makes a VM a template and back: off only, with a pool, on a host of that pool.
func TestBlackBoxMarkAsVirtualMachine(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	pool := reference("ResourcePool", mustID(t, b.server, "/DC0/host/DC0_C0/Resources"))
	other := reference("ResourcePool", mustID(t, b.server, "/DC0/host/DC0_C1/Resources"))
	inFirst := reference("HostSystem", mustID(t, b.server, "/DC0/host/DC0_C0/DC0_C0_H1"))
	back := func(pool types.ManagedObjectReference, host *types.ManagedObjectReference) error {
		_, err := methods.MarkAsVirtualMachine(t.Context(), b.client, &types.MarkAsVirtualMachine{This: b.vm.Reference(), Pool: pool, Host: host})

		return err
	}
	wantFault(t, b.vm.MarkAsTemplate(t.Context()), "InvalidPowerState")
	setPower(t, b.server, golden, "poweredOff")
	wantFault(t, back(pool, nil), "InvalidState")
	wantFault(t, b.vm.MarkAsTemplate(t.Context()), "")
	if vm := mustVM(t, b.server, golden); !vm.Template || vm.ResourcePoolID != "" {
		t.Errorf("the template is %+v", vm)
	}
	wantFault(t, back(reference("ResourcePool", "resgroup-9999"), nil), "ManagedObjectNotFound")
	wantFault(t, back(other, &inFirst), "InvalidArgument")
	wantFault(t, back(pool, &inFirst), "")
	if vm := mustVM(t, b.server, golden); vm.Template || vm.ResourcePoolID != pool.Value || vm.HostID != inFirst.Value {
		t.Errorf("the VM is %+v", vm)
	}
	b.server.AddUser("ci", "secret", "VirtualMachine.Provisioning.MarkAsVM", "VirtualMachine.Provisioning.MarkAsTemplate")
	wantFault(t, b.vm.MarkAsTemplate(t.Context()), "")
	client, err := dialSOAP(t, b.server, "ci", "secret")
	if err != nil {
		t.Fatal(err)
	}
	_, err = methods.MarkAsVirtualMachine(t.Context(), client, &types.MarkAsVirtualMachine{This: b.vm.Reference(), Pool: pool})
	wantFault(t, err, "NoPermission")
}

// TestBlackBoxCloneVMTPM copies the vTPM with its secrets, or replaces it, as the policy says; before 8.0 there is no policy.
func TestBlackBoxCloneVMTPM(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	b.change(vcenter.Change{AttachDevice: new("tpm")})
	key := func(config *types.VirtualMachineConfigInfo) []byte {
		for _, device := range config.Hardware.Device {
			if tpm, ok := device.(*types.VirtualTPM); ok && len(tpm.EndorsementKeyCertificate) > 0 {
				return tpm.EndorsementKeyCertificate[0]
			}
		}

		return nil
	}
	own := key(b.read().Config)
	if len(own) == 0 {
		t.Fatal("the source has no vTPM")
	}
	for policy, same := range map[string]bool{"": true, "copy": true, "replace": false} {
		clone, err := b.cloneVM("policy "+policy, types.VirtualMachineCloneSpec{TpmProvisionPolicy: policy})
		if err != nil {
			t.Fatal(err)
		}
		if got := key(clone.Config); len(got) == 0 || bytes.Equal(got, own) != same {
			t.Errorf("policy %q: the key is %q, the source's %q", policy, got, own)
		}
	}
	_, err := b.cloneVM("unknown", types.VirtualMachineCloneSpec{TpmProvisionPolicy: "share"})
	wantFault(t, err, "InvalidArgument")

	old := quick()
	old.APIVersion = "7.0.3.0"
	_, err = newSnapshotBenchOn(t, startServer(t, old)).cloneVM("old", types.VirtualMachineCloneSpec{TpmProvisionPolicy: "copy"})
	wantFault(t, err, "InvalidRequest")
}
