package zstackclone

import (
	"reflect"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// TestCloneSpec asks for what is configured.
func TestCloneSpec(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		config config
		want   zstack.CloneSpec
	}{
		"the least":     {nil, zstack.CloneSpec{Strategy: zstack.StrategyInstantStart}},
		"on":            {config{"power_on": true}, zstack.CloneSpec{Strategy: zstack.StrategyInstantStart}},
		"off":           {config{"power_on": false}, zstack.CloneSpec{Strategy: zstack.StrategyCreateStopped}},
		"a record":      {config{"strategy": "JustCreate"}, zstack.CloneSpec{Strategy: zstack.StrategyJustCreate}},
		"a record, off": {config{"strategy": "JustCreate", "power_on": false}, zstack.CloneSpec{Strategy: zstack.StrategyJustCreate}},
		"full":          {config{"full": true}, zstack.CloneSpec{Strategy: zstack.StrategyInstantStart, Full: true}},
		"empty": {
			config{"system_tags": set(), "user_tags": set(), "root_volume": config{}, "description": ""},
			zstack.CloneSpec{Strategy: zstack.StrategyInstantStart},
		},
		"everything": {
			config{
				"strategy": "CreateStopped", "full": true, "affinity_group_uuid": groupUUID, "system_tags": set("x", "ha::NeverStop"),
				"user_tags": set("v", "u"), "cluster_uuid": clusterUUID, "host_uuid": hostUUID,
				"root_volume":  config{"primary_storage_uuid": storageUUID, "provisioning_strategy": "ThinProvisioning", "system_tags": set("a")},
				"data_volumes": config{"primary_storage_uuid": storageUUID, "system_tags": set("c", "b")},
			},
			zstack.CloneSpec{
				Strategy: zstack.StrategyCreateStopped, Full: true, ClusterUUID: clusterUUID, HostUUID: hostUUID,
				SystemTags: []string{affinityGroupTag + groupUUID, "ha::NeverStop", "x"}, UserTags: []string{"u", "v"},
				RootVolumeSystemTags:            []string{"a", provisioningTag + "ThinProvisioning"},
				DataVolumeSystemTags:            []string{"b", "c"},
				PrimaryStorageUUIDForRootVolume: storageUUID, PrimaryStorageUUIDForDataVolume: storageUUID,
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				c.cloned(t, test.config)
				test.want.SourceUUID, test.want.Name = sourceUUID, "web"
				if len(f.specs) != 1 || !reflect.DeepEqual(f.specs[0], test.want) {
					t.Errorf("asked for %+v, want %+v", f.specs, test.want)
				}
				c.Settled(basic(test.config))
			})
		})
	}
}

// TestObserved shows what the platform tells.
func TestObserved(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		vm := c.cloned(t, config{"full": true})
		f.change(func() {
			vm.NICs = append([]zstack.NIC{{UUID: "second", IP: "10.0.0.10", DeviceID: 1}, {UUID: "third", DeviceID: 2}}, vm.NICs...)
			vm.Description, vm.State, vm.HostUUID, vm.ImageUUID = "theirs", zstack.VMPaused, "", ""
		})
		c.Refresh().Clean(t)
		for name, want := range map[string]string{
			"id": vm.UUID, "name": "web", "description": "theirs", "power_on": "false", "state": "Paused", "current_host_uuid": none,
			"current_cluster_uuid": clusterUUID, "zone_uuid": "zone", "image_uuid": none, "root_volume_uuid": vm.RootVolumeUUID,
			"pending_job_uuid": none, "source_vm_uuid": sourceUUID, "strategy": none, "cluster_uuid": none, "host_uuid": none,
		} {
			c.Is(want, name)
		}
		if got := c.texts("ip_addresses"); !reflect.DeepEqual(got, []string{"10.0.0.9", "10.0.0.10"}) {
			t.Errorf("the addresses are %v", got)
		}
		if got := c.texts("data_volume_uuids"); len(got) != 1 || got[0] != vm.Volumes[1].UUID {
			t.Errorf("the data volumes are %v", got)
		}
	})
}

// TestPowerOfAState has every state, seen by a VM that ran before.
func TestPowerOfAState(t *testing.T) {
	t.Parallel()
	off := map[zstack.VMState]bool{
		zstack.VMCreated: true, zstack.VMStopped: true, zstack.VMPaused: true, zstack.VMError: true, zstack.VMCrashed: true,
	}
	for _, state := range []zstack.VMState{
		zstack.VMCreated, zstack.VMStarting, zstack.VMRunning, zstack.VMStopping, zstack.VMStopped, zstack.VMRebooting, zstack.VMMigrating,
		zstack.VMPausing, zstack.VMPaused, zstack.VMResuming, zstack.VMVolumeMigrating, zstack.VMVolumeRecovering, zstack.VMError,
		zstack.VMNoState, zstack.VMUnknown, zstack.VMCrashed,
	} {
		t.Run(string(state), func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				vm := c.cloned(t)
				f.change(func() { vm.State = state })
				c.Refresh().Clean(t)
				c.Is(string(state), "state")
				if got := c.Get("power_on") == "false"; got != off[state] {
					t.Errorf("it is off: %t, want %t", got, off[state])
				}
			})
		})
	}
}
