package zstackclone

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

func TestRead(t *testing.T) {
	t.Parallel()
	configured := config{
		"description": "d", "power_on": true, "affinity_group_uuid": groupUUID, "system_tags": set("x"), "user_tags": set("u"),
		"cluster_uuid": clusterUUID, "host_uuid": hostUUID,
	}
	change := func(change func(vm *zstack.VirtualMachine)) func(f *fakeZStack) {
		return func(f *fakeZStack) { change(f.vms[f.newest()]) }
	}
	state := func(state zstack.VMState) func(f *fakeZStack) {
		return change(func(vm *zstack.VirtualMachine) { vm.State = state })
	}
	tests := map[string]struct {
		config  config
		change  func(f *fakeZStack)
		dropped bool
		fails   string
		warns   string
		planned string // after the refresh
	}{
		"there":                     {configured, nil, false, "", "", "none"},
		"there, the least":          {nil, nil, false, "", "", "none"},
		"destroyed":                 {nil, state(zstack.VMDestroyed), true, "", "", "create"},
		"on its way to be":          {nil, state(zstack.VMDestroying), true, "", "", "create"},
		"on its way out":            {nil, state(zstack.VMExpunging), true, "", "", "create"},
		"gone":                      {nil, func(f *fakeZStack) { delete(f.vms, f.newest()) }, true, "", "", "create"},
		"gone, its volumes are not": {config{"full": true}, func(f *fakeZStack) { delete(f.vms, f.newest()) }, false, "", "something of it is left", "replace"},
		"gone, and its volumes": {config{"full": true}, func(f *fakeZStack) {
			delete(f.vms, f.newest())
			clear(f.volumes)
		}, true, "", "", "create"},
		"gone, its volumes are in the recycle bin": {config{"full": true}, func(f *fakeZStack) {
			delete(f.vms, f.newest())
			changeVolumes(f, func(volume *zstack.Volume) { volume.Status = zstack.VolumeDeleted })
		}, true, "", "", "create"},
		"gone, its volumes are in the recycle bin, expunged": {config{"full": true, "expunge_on_destroy": true}, func(f *fakeZStack) {
			delete(f.vms, f.newest())
			changeVolumes(f, func(volume *zstack.Volume) { volume.Status = zstack.VolumeDeleted })
		}, false, "", "something of it is left", "replace"},
		"gone, its volumes are others'": {config{"full": true}, func(f *fakeZStack) {
			delete(f.vms, f.newest())
			changeVolumes(f, func(volume *zstack.Volume) { volume.VMInstanceUUID = theirsUUID })
		}, true, "", "", "create"},
		"gone, its volumes can't be read": {config{"full": true}, func(f *fakeZStack) {
			delete(f.vms, f.newest())
			f.Errs["Volume"] = []error{fault(apierr.Denied, "ID.1002")}
		}, false, `Could not read what is left of VM "web"`, "", "none"},
		"destroyed, expunged": {config{"expunge_on_destroy": true}, state(zstack.VMDestroyed), false, "", "in the recycle bin", "replace"},
		"not to be read":      {nil, failing("VirtualMachine", fault(apierr.Denied, "ID.1002")), false, `Could not read VM "web"`, "", "none"},
		"tags not to be read": {configured, failing("UserTags", fault(apierr.Denied, "ID.1002")), false, `Could not read VM "web"`, "", "none"},
		"renamed":             {nil, change(func(vm *zstack.VirtualMachine) { vm.Name = "theirs" }), false, "", "", "update"},
		"described":           {nil, change(func(vm *zstack.VirtualMachine) { vm.Description = "theirs" }), false, "", "", "none"},
		"described anew":      {configured, change(func(vm *zstack.VirtualMachine) { vm.Description = "theirs" }), false, "", "", "update"},
		"stopped":             {nil, state(zstack.VMStopped), false, "", "", "none"},
		"stopped, to run":     {configured, state(zstack.VMStopped), false, "", "", "update"},
		"paused, to run":      {configured, state(zstack.VMPaused), false, "", "", "update"},
		"on its way":          {configured, state(zstack.VMStopping), false, "", "", "none"},
		"unknown":             {configured, state(zstack.VMUnknown), false, "", "", "none"},
		"moved": {
			configured, change(func(vm *zstack.VirtualMachine) { vm.HostUUID, vm.ClusterUUID = "host-9", "cluster-9" }),
			false, "", "", "none",
		},
		"a volume was attached": {config{"full": true}, change(func(vm *zstack.VirtualMachine) {
			vm.Volumes = append(vm.Volumes, zstack.Volume{UUID: dataUUID, Type: zstack.VolumeData, DeviceID: 7})
		}), false, "", "", "none"},
		"a system tag is gone": {configured, func(f *fakeZStack) { f.systemTags[f.newest()] = f.systemTags[f.newest()][:1] }, false, "", "", "update"},
		"it left its affinity group": {configured, func(f *fakeZStack) {
			f.systemTags[f.newest()] = []zstack.Tag{{UUID: "t", Tag: "x"}}
		}, false, "", "", "replace"},
		"it is in another affinity group": {configured, func(f *fakeZStack) {
			f.systemTags[f.newest()] = []zstack.Tag{{UUID: "t", Tag: "x"}, {UUID: "g", Tag: affinityGroupTag + theirsUUID}}
		}, false, "", "", "replace"},
		"a system tag of others": {configured, func(f *fakeZStack) {
			f.systemTags[f.newest()] = append(f.systemTags[f.newest()], zstack.Tag{UUID: "t", Tag: "y"})
		}, false, "", "", "none"},
		"a user tag of others":             {configured, tagged("theirs"), false, "", "", "update"},
		"a user tag of others, no managed": {nil, tagged("theirs"), false, "", "", "none"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				c.cloned(t, test.config)
				id := c.Get("id")
				if test.change != nil {
					f.change(func() { test.change(f) })
				}
				said := c.Refresh()
				switch {
				case test.fails != "":
					said.Failed(t, test.fails)
				case test.warns != "":
					said.Warned(t, test.warns)
				default:
					said.Clean(t)
				}
				if c.State.IsNull() != test.dropped || !test.dropped && c.Get("id") != id {
					t.Fatalf("state %s, dropped: want %t", c.State, test.dropped)
				}
				if planned := c.Plan(basic(test.config)).Clean(t); planned.Action != test.planned {
					t.Errorf("the plan is to %s, want %s", planned.Action, test.planned)
				}
			})
		})
	}
}

func changeVolumes(f *fakeZStack, change func(volume *zstack.Volume)) {
	for _, volume := range f.volumes {
		change(volume)
	}
}

// TestReadWithoutClient keeps the state while the provider's configuration is not known.
func TestReadWithoutClient(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, _ *fakeZStack) {
		t := c.T
		id := c.cloned(t).UUID
		c.Serve(serve(nil))
		c.Refresh().Clean(t)
		c.Is(id, "id")
		if c.Identified("uuid") != id {
			t.Errorf("the identity is %s", c.Identified("uuid"))
		}
		if said := c.Plan(basic()).Clean(t); said.Action != "none" {
			t.Errorf("the plan is to %s", said.Action)
		}
		c.Destroy(t.Context()).Failed(t, "is not known yet")
		c.Apply(t.Context(), basic(config{"name": "db"})).Failed(t, "is not known yet")
	})
}
