package zstack_test

import (
	"flag"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"pgregory.net/rapid"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// A dozen of runs takes seconds; -rapid.checks=500 takes longer and finds more.
var _ = flag.Set("rapid.checks", "12")

// model holds the states of the VMs that the specification leads to, and nothing else.
type model struct {
	*bench

	states  map[string]string // by uuid
	clones  int
	records map[string]bool // VMs that are only records
}

// rule is one action on a VM: from which states, to which.
type rule struct {
	key  string
	from []string
	to   string
}

var rules = []rule{
	{"startVmInstance", []string{"Created", "Stopped", "Running"}, "Running"},
	{"stopVmInstance", []string{"Running", "Paused", "Stopped"}, "Stopped"},
	{"rebootVmInstance", []string{"Running"}, "Running"},
	{"pauseVmInstance", []string{"Running"}, "Paused"},
	{"resumeVmInstance", []string{"Paused"}, "Running"},
	{"recoverVmInstance", []string{"Destroyed"}, "Stopped"},
	{"expungeVmInstance", []string{"Destroyed"}, ""},
}

// TestModel runs random operations one after the other: every answer is as the model expects, and all invariants hold.
func TestModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		server, err := zstacksim.Start(zstacksim.Options{InsecureHTTP: true, VMs: -1})
		if err != nil {
			r.Fatal(err)
		}
		defer server.Close()
		m := &model{bench: &bench{caller: logIn(t, server), server: server}, states: map[string]string{}, records: map[string]bool{}}
		m.states[m.id("vm", "golden")], m.states[m.id("vm", "golden-stopped")] = "Running", "Stopped"
		for _, host := range []string{"host-1", "host-2", "host-3", "host-4", "host-5", "host-6"} {
			must(t, server.SetHostCapacity(m.id("host", host), 3, 4<<30))
		}
		r.Repeat(map[string]func(*rapid.T){
			"clone": m.cloneAny, "act": m.actOn, "destroy": m.destroy, "volume": m.volume, "snapshot": m.snapshot, "delete group": m.deleteGroup,
			"": func(r *rapid.T) {
				for _, wrong := range readAll(m.bench).broken(server) {
					r.Error(wrong)
				}
				m.compare(r)
			},
		})
	})
}

func (m *model) compare(r *rapid.T) {
	vms := m.server.VMs()
	if len(vms) != len(m.states) {
		r.Errorf("%d VMs, want %d", len(vms), len(m.states))
	}
	for _, vm := range vms {
		if want := m.states[vm.UUID]; vm.State != want {
			r.Errorf("%s is %s, want %s", vm.Name, vm.State, want)
		}
	}
}

// any draws a random VM.
func (m *model) any(r *rapid.T) string {
	uuids := []string{missing}
	for _, vm := range m.server.VMs() {
		uuids = append(uuids, vm.UUID)
	}
	slices.Sort(uuids[1:])

	return uuids[rapid.IntRange(0, len(uuids)-1).Draw(r, "vm")]
}

func (m *model) cloneAny(r *rapid.T) {
	source := m.any(r)
	strategy := rapid.SampledFrom([]string{"InstantStart", "CreateStopped", "JustCreate"}).Draw(r, "strategy")
	params := object{"names": []string{fmt.Sprint("c", m.clones), fmt.Sprint("d", m.clones)}, "strategy": strategy, "full": rapid.Bool().Draw(r, "full")}
	m.clones++
	tags := object{"userTags": []string{"stress"}}
	if rapid.Bool().Draw(r, "spread") {
		tags["systemTags"] = []string{"affinityGroupUuid::" + m.id("affinity_group", "spread")}
	}
	got := m.job(http.MethodPut, clonePath(source), cloneBody(params, tags))
	switch m.states[source] {
	case "Running", "Paused", "Stopped":
	case "":
		got.wantError(m.t, "SYS.1003")

		return
	default:
		got.wantError(m.t, "VM.1010")

		return
	}
	var body struct{ Result cloned }
	got.wantStatus(m.t, http.StatusOK).decode(m.t, &body)
	done := 0
	for _, one := range body.Result.Inventories {
		if one.Error != nil {
			if one.Error.Cause.Code != "HOST_ALLOCATION.1000" {
				r.Errorf("%+v", one.Error)
			}

			continue
		}
		done++
		m.states[one.Inventory.UUID] = map[string]string{"InstantStart": "Running", "CreateStopped": "Stopped", "JustCreate": "Created"}[strategy]
		m.records[one.Inventory.UUID] = strategy == "JustCreate"
	}
	if done != body.Result.NumberOfClonedVM || len(body.Result.Inventories) != 2 {
		r.Errorf("%+v", body.Result)
	}
}

func (m *model) actOn(r *rapid.T) {
	uuid := m.any(r)
	action := rapid.SampledFrom(rules).Draw(r, "action")
	got := m.act(uuid, action.key, nil)
	state, there := m.states[uuid]
	switch {
	case !there:
		got.wantError(m.t, "SYS.1003")
	case !slices.Contains(action.from, state):
		got.wantError(m.t, "VM.1010")
	case action.key == "startVmInstance" && state != "Running" && got.status != http.StatusOK:
		if cause := got.wantError(m.t, "VM.1001").Cause; cause == nil || cause.Code != "HOST_ALLOCATION.1000" {
			r.Errorf("%s", got)
		}
	default:
		got.wantStatus(m.t, http.StatusOK)
		m.states[uuid] = action.to
		switch action.key {
		case "startVmInstance":
			m.records[uuid] = false
		case "expungeVmInstance":
			delete(m.states, uuid)
		case "recoverVmInstance":
			if m.records[uuid] {
				m.states[uuid] = "Created"
			}
		}
	}
}

func (m *model) destroy(r *rapid.T) {
	uuid := m.any(r)
	got := m.job(http.MethodDelete, "/v1/vm-instances/"+uuid, nil)
	switch m.states[uuid] {
	case "Destroyed":
		got.wantError(m.t, "VM.1004")
	case "":
		got.wantStatus(m.t, http.StatusOK)
	default:
		got.wantStatus(m.t, http.StatusOK)
		m.states[uuid] = "Destroyed"
	}
}

// volume deletes, expunges or recovers a volume of any kind.
func (m *model) volume(r *rapid.T) {
	volumes := m.server.Volumes()
	if len(volumes) == 0 {
		return
	}
	one := volumes[rapid.IntRange(0, len(volumes)-1).Draw(r, "volume")]
	key := rapid.SampledFrom([]string{"", "expungeDataVolume", "recoverDataVolume"}).Draw(r, "key")
	var got reply
	if key == "" {
		got = m.job(http.MethodDelete, "/v1/volumes/"+one.UUID, nil)
	} else {
		got = m.job(http.MethodPut, "/v1/volumes/"+one.UUID+"/actions", object{key: object{}})
	}
	switch {
	case key == "" && one.Type != "Data":
		got.wantError(m.t, "SYS.1007")
	case (key == "") == (one.Status == "Deleted"):
		got.wantError(m.t, "SYS.1006")
	default:
		got.wantStatus(m.t, http.StatusOK)
	}
}

func (m *model) snapshot(r *rapid.T) {
	uuid := m.any(r)
	vm := machine{}
	if found := read[machine](m.bench, "/v1/vm-instances/"+uuid); len(found) == 1 {
		vm = found[0]
	}
	memory := rapid.Bool().Draw(r, "memory")
	got := m.job(http.MethodPost, groupsPath, object{"params": object{"rootVolumeUuid": vm.RootVolumeUUID, "name": "g", "withMemory": memory}})
	switch {
	case vm.RootVolumeUUID == "":
		got.wantError(m.t, "SYS.1003")
	case m.states[uuid] == "Destroyed":
		got.wantError(m.t, "VM.1010")
	case memory && m.states[uuid] == "Stopped":
		got.wantError(m.t, "SYS.1007")
	default:
		got.wantStatus(m.t, http.StatusOK)
	}
}

// deleteGroup deletes a group, or all of it but one snapshot, or reverts to it.
func (m *model) deleteGroup(r *rapid.T) {
	groups := m.server.SnapshotGroups()
	if len(groups) == 0 {
		return
	}
	one := groups[rapid.IntRange(0, len(groups)-1).Draw(r, "group")]
	last := one.Snapshots[len(one.Snapshots)-1]
	path := groupsPath + "/" + one.UUID
	switch rapid.IntRange(0, 2).Draw(r, "how") {
	case 0:
		m.job(http.MethodDelete, path, nil).wantStatus(m.t, http.StatusOK)
	case 1:
		if !last.Deleted {
			must(m.t, m.server.FailSnapshotDeletes(true, last.UUID))
		}
		m.job(http.MethodDelete, path, nil).wantStatus(m.t, http.StatusOK)
		if !last.Deleted {
			must(m.t, m.server.FailSnapshotDeletes(false, last.UUID))
		}
	default:
		m.revert(r, one)
	}
}

// revert reverts to a group. Each volume fails on its own while the VM is not stopped.
func (m *model) revert(r *rapid.T, group zstacksim.SnapshotGroup) {
	state := m.states[group.VMUUID]
	available := m.availability(group.UUID)
	got := m.job(http.MethodPut, groupsPath+"/"+group.UUID+"/actions", object{"revertVmFromSnapshotGroup": object{}})
	memory := slices.ContainsFunc(group.Snapshots, func(one zstacksim.Snapshot) bool { return one.VolumeType == "Memory" })
	switch {
	case state == "":
		got.wantError(m.t, "SYS.1003")
	case memory && (state == "Running" || state == "Paused"):
		got.wantError(m.t, "SYS.1007")
	case !available.Available:
		got.wantError(m.t, "SYS.1006")
	default:
		for _, one := range m.outcomes(got) {
			if one.Success != (state == "Stopped") {
				r.Errorf("%s: %+v", state, one)
			}
		}
	}
}
