package zstackclone_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// volume returns a volume of the simulator's inventory.
func (s *suite) volume(uuid string) (zstacksim.Volume, bool) {
	all := s.server.Volumes()
	at := slices.IndexFunc(all, func(volume zstacksim.Volume) bool { return volume.UUID == uuid })
	if at < 0 {
		return zstacksim.Volume{}, false
	}

	return all[at], true
}

// A destroy under each deletion policy: a full clone's own data volumes go where the VM goes.
func TestAccZStackClone_deletionPolicies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		policy   zstacksim.DeletionPolicy
		argument string
		kept     bool // in the recycle bin, with its volumes
	}{
		"delay":             {zstacksim.DeletionDelay, "", true},
		"never":             {zstacksim.DeletionNever, "", true},
		"direct":            {zstacksim.DeletionDirect, "", false},
		"delay, expunged":   {zstacksim.DeletionDelay, "expunge_on_destroy = true", false},
		"never, expunged":   {zstacksim.DeletionNever, "expunge_on_destroy = true", false},
		"direct, expunged":  {zstacksim.DeletionDirect, "expunge_on_destroy = true", false},
		"delay, from a run": {zstacksim.DeletionDelay, `delete_mode = "Enforcing"`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, zstacksim.Options{VMs: -1, DeletionPolicy: test.policy})
			var own string
			s.run(s.applied(creates, s.clone("full = true", test.argument), "web", func(vm zstacksim.VM) error {
				if len(vm.DataVolumeUUIDs) != 1 {
					return errors.New("the clone has not one data volume")
				}
				own = vm.DataVolumeUUIDs[0]

				return nil
			}))
			wanted := 0
			if test.kept {
				wanted = 1
			}
			if err := acctest.CheckZStackRecycled(s.server, "web", wanted)(nil); err != nil {
				t.Error(err)
			}
			if volume, there := s.volume(own); there != test.kept || there && volume.Status != "Deleted" {
				t.Errorf("the clone's data volume: %t %+v", there, volume)
			}
			if golden := s.vm("golden"); len(golden.DataVolumeUUIDs) != 1 || golden.State != "Running" {
				t.Errorf("the source: %+v", golden)
			}
		})
	}
}

// The volumes that a full clone made are deleted with it, and no other: one that was attached later is kept, and so is one of its own
// that another client has attached to another VM.
func TestAccZStackClone_volumesOfOthers(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	config := s.clone("full = true", "expunge_on_destroy = true")
	attached := s.golden.DataVolumeUUIDs[0]
	var own string
	made := s.applied(creates, config, "web", func(vm zstacksim.VM) error {
		own = vm.DataVolumeUUIDs[0]

		return s.server.ChangeVM(vm.UUID, zstacksim.Change{AttachVolumes: []string{attached}})
	})
	s.run(made) // its second plan, after the attachment, is empty
	if volume, there := s.volume(attached); !there || volume.Status != "Ready" || volume.VMUUID != "" {
		t.Errorf("the volume that was attached later: %t %+v", there, volume)
	}
	if _, there := s.volume(own); there {
		t.Error("the clone's own volume is left")
	}

	s.must(s.server.ChangeVM(s.golden.UUID, zstacksim.Change{AttachVolumes: []string{attached}}))
	other := s.vm("golden-stopped").UUID
	var moved string
	s.run(s.applied(creates, config, "web", func(vm zstacksim.VM) error {
		moved = vm.DataVolumeUUIDs[0]

		return s.server.ChangeVM(other, zstacksim.Change{AttachVolumes: vm.DataVolumeUUIDs})
	}))
	if volume, there := s.volume(moved); !there || volume.VMUUID != other {
		t.Errorf("the volume that another VM has now: %t %+v", there, volume)
	}
}
