package zstackclone

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakezstack"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// TestDelete destroys a VM as it is found, and counts what is done for it.
func TestDelete(t *testing.T) {
	t.Parallel()
	full := config{"full": true}
	expunged := config{"full": true, "expunge_on_destroy": true}
	state := func(state zstack.VMState) func(f *fakeZStack) {
		return func(f *fakeZStack) { f.vms[f.newest()].State = state }
	}
	goes := func(method string, goes ...fakezstack.Behaviour) func(f *fakeZStack) {
		return func(f *fakeZStack) { f.Goes[method] = goes }
	}
	attached := func(f *fakeZStack) { // by another client, later
		vm := f.vms[f.newest()]
		vm.Volumes = append(vm.Volumes, zstack.Volume{UUID: dataUUID, Type: zstack.VolumeData, DeviceID: 9})
		f.volumes[dataUUID] = &zstack.Volume{UUID: dataUUID, VMInstanceUUID: vm.UUID}
	}
	volume := func(change func(v *zstack.Volume)) func(f *fakeZStack) {
		return func(f *fakeZStack) {
			for _, one := range f.volumes {
				change(one)
			}
		}
	}
	tests := map[string]struct {
		config  config
		prepare func(f *fakeZStack)
		warns   string
		changes string
	}{
		"running":                  {nil, nil, "", "StopVM grace, DestroyVM"},
		"enforced":                 {config{"delete_mode": "Enforcing"}, nil, "", "StopVM grace, DestroyVM Enforcing"},
		"stopped":                  {config{"power_on": false}, nil, "", "DestroyVM"},
		"a record":                 {config{"strategy": "JustCreate"}, nil, "", "DestroyVM"},
		"paused":                   {nil, state(zstack.VMPaused), "", "StopVM cold, DestroyVM"},
		"crashed":                  {nil, state(zstack.VMCrashed), "", "StopVM cold, DestroyVM"},
		"full":                     {full, nil, "", "StopVM grace, DestroyVM, DeleteVolume"},
		"full, a volume was added": {full, attached, "", "StopVM grace, DestroyVM, DeleteVolume"},
		"full, its volume is gone": {full, func(f *fakeZStack) { clear(f.volumes) }, "", "StopVM grace, DestroyVM"},
		"full, its volume is deleted": {
			full, volume(func(v *zstack.Volume) { v.Status = zstack.VolumeDeleted }), "",
			"StopVM grace, DestroyVM",
		},
		"full, its volume is another's": {
			expunged, volume(func(v *zstack.Volume) { v.VMInstanceUUID = theirsUUID }), "was not deleted",
			"StopVM grace, DestroyVM, ExpungeVM",
		},
		"expunged": {expunged, nil, "", "StopVM grace, DestroyVM, DeleteVolume, ExpungeVM, ExpungeVolume"},
		"expunged where nothing is kept": {
			expunged, func(f *fakeZStack) { f.direct = true }, "",
			"StopVM grace, DestroyVM, DeleteVolume, ExpungeVM, ExpungeVolume",
		},
		"gone": {expunged, func(f *fakeZStack) {
			delete(f.vms, f.newest())
			clear(f.volumes)
		}, "", "DestroyVM, ExpungeVM"},
		"in the recycle bin":           {nil, state(zstack.VMDestroyed), "", "DestroyVM"},
		"in the recycle bin, expunged": {expunged, state(zstack.VMDestroyed), "", "DestroyVM, DeleteVolume, ExpungeVM, ExpungeVolume"},
		"the guest does not shut down": {nil, goes("StopVM", fakezstack.Fails), "", "StopVM grace, StopVM cold, DestroyVM"},
		"the guest takes too long":     {config{"shutdown_timeout": "5s"}, goes("StopVM", fakezstack.Immortal), "", "StopVM grace, StopVM cold, DestroyVM"},
		"destroyed meanwhile": {nil, func(f *fakeZStack) {
			f.Before["DestroyVM"] = func() { f.change(func() { f.vms[f.newest()].State = zstack.VMDestroyed }) }
		}, "", "StopVM grace, DestroyVM"},
		"expunged meanwhile": {nil, func(f *fakeZStack) {
			f.Before["StopVM"] = func() { f.change(func() { delete(f.vms, f.newest()) }) }
		}, "", "StopVM grace, StopVM cold, DestroyVM"},
		"migrating": {config{"power_on": false}, func(f *fakeZStack) {
			f.Before["DestroyVM"] = func() {
				state := zstack.VMVolumeMigrating
				if f.Made("DestroyVM") > 2 {
					state = zstack.VMStopped
				}
				f.change(func() { f.vms[f.newest()].State = state })
			}
		}, "", "DestroyVM, DestroyVM, DestroyVM"},
		"purged":        {nil, goes("DestroyVM", fakezstack.UnknownDone), "", "StopVM grace, DestroyVM, DestroyVM"},
		"never arrived": {nil, goes("DestroyVM", fakezstack.Unknown), "", "StopVM grace, DestroyVM, DestroyVM"},
		"gave up":       {nil, goes("DestroyVM", fakezstack.GaveUp), "", "StopVM grace, DestroyVM, DestroyVM"},
		"busy":          {nil, failing("DestroyVM", fault(apierr.Busy, "ID.1006")), "", "StopVM grace, DestroyVM, DestroyVM"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				vm := c.cloned(t, test.config, config{"timeouts": config{"delete": "1m"}})
				if test.prepare != nil {
					f.change(func() { test.prepare(f) })
				}
				_, others := f.volumes[dataUUID]
				f.changes()
				said := c.Destroy(t.Context())
				if test.warns != "" {
					said.Warned(t, test.warns)
				} else {
					said.Clean(t)
				}
				if got := strings.Join(f.changes(), ", "); got != test.changes {
					t.Errorf("did %s, want %s", got, test.changes)
				}
				left, there := f.vms[vm.UUID]
				if !c.State.IsNull() || there && left.State != zstack.VMDestroyed {
					t.Errorf("state %s, left %v", c.State, left)
				}
				if kept, there := f.volumes[dataUUID]; others && (!there || kept.Status == zstack.VolumeDeleted) {
					t.Error("a volume was deleted that was attached later")
				}
			})
		})
	}
}

// TestDelete_patience stops a machine hard when its guest has had its time, but leaves that to ZStack where it is as long as ZStack's own.
func TestDelete_patience(t *testing.T) {
	t.Parallel()
	for timeout, want := range map[string]time.Duration{"5s": 5 * time.Second, "59s": 59 * time.Second, "60s": stopLimit, "10m": stopLimit} {
		t.Run(timeout, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				c.cloned(t, config{"shutdown_timeout": timeout})
				f.change(func() { f.Goes["StopVM"] = []fakezstack.Behaviour{fakezstack.Immortal} })
				began := time.Now()
				c.Destroy(t.Context())
				if waited := time.Since(began); waited < want || waited > want+30*time.Second {
					t.Errorf("waited %s, want %s", waited, want)
				}
			})
		})
	}
}

// TestDeleteGoesOn has each step of a destroy fail, also by an interruption, and the next destroy go on from there.
func TestDeleteGoesOn(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		method string
		goes   []fakezstack.Behaviour
		says   string
		gone   bool // to a refresh's eyes, were it not for the destroy that began
		left   string
	}{
		"stop":              {"StopVM", []fakezstack.Behaviour{fakezstack.Fails, fakezstack.Fails}, `Could not stop VM "web"`, false, "StopVM grace, DestroyVM, DeleteVolume, ExpungeVM, ExpungeVolume"},
		"destroy":           {"DestroyVM", []fakezstack.Behaviour{fakezstack.Fails}, `Could not destroy VM "web"`, false, "DestroyVM, DeleteVolume, ExpungeVM, ExpungeVolume"},
		"destroy, and done": {"DestroyVM", []fakezstack.Behaviour{fakezstack.FailsDone}, `Could not destroy VM "web"`, true, "DestroyVM, DeleteVolume, ExpungeVM, ExpungeVolume"},
		"delete its volume": {
			"DeleteVolume",
			[]fakezstack.Behaviour{fakezstack.Fails},
			`Could not delete the data volumes of VM "web"`, true,
			"DestroyVM, DeleteVolume, ExpungeVM, ExpungeVolume",
		},
		"expunge":            {"ExpungeVM", []fakezstack.Behaviour{fakezstack.Fails}, `Could not expunge VM "web"`, true, "DestroyVM, ExpungeVM, ExpungeVolume"},
		"expunge its volume": {"ExpungeVolume", []fakezstack.Behaviour{fakezstack.Fails}, `Could not expunge the data volumes of VM "web"`, true, "DestroyVM, ExpungeVM, ExpungeVolume"},
		"time":               {"DeleteVolume", []fakezstack.Behaviour{fakezstack.Immortal}, "had not ended after", true, "DestroyVM, DeleteVolume, ExpungeVM, ExpungeVolume"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				web := basic(config{"full": true, "expunge_on_destroy": true, "timeouts": config{"delete": "1m"}})
				c.Apply(t.Context(), web).Clean(t)
				id := c.Get("id")
				f.Goes[test.method] = test.goes
				c.Destroy(t.Context()).Failed(t, test.says)
				c.Refresh().Clean(t)
				c.Is(id, "id")
				if (c.Get("state") == "Destroyed") != test.gone {
					t.Errorf("its state is %s", c.Get("state"))
				}
				f.changes()
				c.Destroy(t.Context()).Clean(t)
				if got := strings.Join(f.changes(), ", "); got != test.left {
					t.Errorf("did %s, want %s", got, test.left)
				}
				if !c.State.IsNull() || len(f.vms) != 1 || len(f.volumes) != 0 {
					t.Errorf("state %s, left %v, %v", c.State, f.vms, f.volumes)
				}
			})
		})
	}
}

// TestDeleteInterrupted has Ctrl-C at each step.
func TestDeleteInterrupted(t *testing.T) {
	t.Parallel()
	for name, step := range map[string]int{"stop": 0, "destroy": 1, "delete the volume": 2, "expunge": 3, "expunge the volume": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				c.cloned(t, config{"full": true, "expunge_on_destroy": true})
				id := c.Get("id")
				said := c.Destroy(playedcli.Interrupted(t, time.Duration(step)*fakezstack.JobLength+fakezstack.JobLength/2))
				if step == 4 {
					said.Clean(t)
				} else {
					said.Failed(t, "was interrupted")
					c.Is(id, "id")
					c.Refresh().Clean(t)
					c.Destroy(t.Context()).Clean(t)
				}
				if !c.State.IsNull() || len(f.vms) != 1 || len(f.volumes) != 0 {
					t.Errorf("state %s, left %v, %v", c.State, f.vms, f.volumes)
				}
			})
		})
	}
}

// TestHalfDestroyed is what an apply makes of a destroy that did not end: the rest of it, and a new VM.
func TestHalfDestroyed(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		web := basic(config{"full": true})
		c.Apply(t.Context(), web).Clean(t)
		id := c.Get("id")
		f.Goes["DeleteVolume"] = []fakezstack.Behaviour{fakezstack.Fails}
		c.Destroy(t.Context()).Failed(t, "SYS.1006")
		c.Refresh().Clean(t)
		planned := c.Plan(web).Clean(t)
		if planned.Action != "replace" || !reflect.DeepEqual(planned.RequiresReplaceFor, []string{`AttributeName("state")`}) {
			t.Errorf("the plan is to %s for %v", planned.Action, planned.RequiresReplaceFor)
		}
		c.Apply(t.Context(), web).Clean(t)
		if c.Get("id") == id || len(f.named("web")) != 1 {
			t.Errorf("state %s, there %v", c.State, f.named("web"))
		}
		c.Settled(web)
		for _, volume := range f.volumes {
			if volume.VMInstanceUUID == "" && volume.Status != zstack.VolumeDeleted {
				t.Errorf("left %+v", volume)
			}
		}
	})
}
