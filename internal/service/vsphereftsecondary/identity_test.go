package vsphereftsecondary

import (
	"context"
	"testing"
)

// reregister gives a VM of a pair another id.
func (f *fakeVSphere) reregister(id, now string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	moved := f.vms[id]
	moved.ID, moved.InstanceUUID = now, f.uuidOf(id)
	delete(f.vms, id)
	f.vms[now] = moved
	for primary, pair := range f.pairs {
		switch id {
		case pair.PrimaryID:
			pair.PrimaryID = now
			delete(f.pairs, primary)
			f.pairs[now] = pair
		case pair.SecondaryID:
			pair.SecondaryID = now
		}
	}
}

// TestIdentity_swappedSecondary finds another VM under the secondary's id, as after vCenter was restored from a backup: nothing is turned off or
// enabled.
func TestIdentity_swappedSecondary(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Clean(t)
	second := fake.pair().SecondaryID
	fake.vms[second].InstanceUUID = "i-other"
	moved := *fake.vms[second]
	moved.ID, moved.InstanceUUID = "vm-900", "i-"+second
	fake.vms["vm-900"] = &moved
	fake.calls = nil

	c.Destroy(t.Context()).Failed(t, second+" is another VM now")
	c.Plan(basic(config{"enabled": false})).Clean(t)
	c.Apply(t.Context(), basic(config{"enabled": false})).Failed(t, second+" is another VM now")
	for _, method := range []string{"TurnOffFaultTolerance", "DisableSecondary", "EnableSecondary", "MakePrimary"} {
		if fake.made(method) > 0 {
			t.Errorf("%s was sent", method)
		}
	}
	fake.is(t, primaryID, "running")
}

// TestRemove_reregistered loses the primary's id between the comparison and the request: the destroy says so, and the next one finds the VM.
func TestRemove_reregistered(t *testing.T) {
	t.Parallel()
	fake := newFake()
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Clean(t)
	fake.before["TurnOffFaultTolerance"] = func(_ context.Context, f *fakeVSphere) error {
		delete(f.before, "TurnOffFaultTolerance")
		f.reregister(primaryID, "vm-900")

		return nil
	}
	c.Destroy(t.Context()).Failed(t, "is vm-900 now")
	fake.is(t, "vm-900", "running")
	c.Refresh().Clean(t)
	c.Is("vm-900", "primary_vm_id")
	c.Destroy(t.Context()).Clean(t)
	if fake.pair() != nil {
		t.Error("the pair is left")
	}
}
