package zstack_test

import (
	"net/http"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// vmFaults are the errors of all actions on VMs but cloning.
func vmFaults() []faultCase {
	var all []faultCase
	for _, action := range []struct{ method, key string }{
		{"UpdateVmInstance", "updateVmInstance"},
		{"StartVmInstance", "startVmInstance"},
		{"StopVmInstance", "stopVmInstance"},
		{"RebootVmInstance", "rebootVmInstance"},
		{"PauseVmInstance", "pauseVmInstance"},
		{"ResumeVmInstance", "resumeVmInstance"},
		{"RecoverVmInstance", "recoverVmInstance"},
		{"ExpungeVmInstance", "expungeVmInstance"},
	} {
		all = append(all, faultCase{
			method: action.method, code: "SYS.1003", condition: "the VM does not exist", arrange: gone, act: does(action.key, nil),
		})
	}
	for _, wrong := range []struct{ method, key, state string }{
		{"StartVmInstance", "startVmInstance", "Paused"},
		{"StartVmInstance", "startVmInstance", "Destroyed"},
		{"StopVmInstance", "stopVmInstance", "Destroyed"},
		{"StopVmInstance", "stopVmInstance", "Created"},
		{"RebootVmInstance", "rebootVmInstance", "Stopped"},
		{"PauseVmInstance", "pauseVmInstance", "Stopped"},
		{"ResumeVmInstance", "resumeVmInstance", "Running"},
		{"RecoverVmInstance", "recoverVmInstance", "Stopped"},
		{"ExpungeVmInstance", "expungeVmInstance", "Running"},
	} {
		all = append(all, faultCase{
			method: wrong.method, code: "VM.1010", condition: "the VM is " + wrong.state, arrange: inState(wrong.state),
			act: does(wrong.key, nil),
		})
	}
	for _, transitional := range []struct{ method, key string }{
		{"StartVmInstance", "startVmInstance"},
		{"StopVmInstance", "stopVmInstance"},
		{"RebootVmInstance", "rebootVmInstance"},
		{"PauseVmInstance", "pauseVmInstance"},
	} {
		all = append(all, faultCase{
			method: transitional.method, code: "VM.1010", condition: "another job works on the VM", arrange: busy, act: does(transitional.key, nil),
		})
	}

	return append(append(all, powerFaults()...), updateFaults()...)
}

func powerFaults() []faultCase {
	destroy := func(query string) func(b *bench, uuid string) reply {
		return func(b *bench, uuid string) reply {
			return b.job(http.MethodDelete, "/v1/vm-instances/"+uuid+query, nil)
		}
	}

	return []faultCase{
		{
			method: "StopVmInstance", code: "SYS.1007", condition: "a type that is neither grace nor cold", arrange: golden,
			act: does("stopVmInstance", object{"type": "warm"}),
		},
		{
			method: "StopVmInstance", code: "VM.1002", cause: "SYS.1006", condition: "the VM's host is disconnected", arrange: unreachable,
			act: does("stopVmInstance", nil),
		},
		{
			method: "RebootVmInstance", code: "VM.1003", cause: "SYS.1006", condition: "the VM's host is disconnected", arrange: unreachable,
			act: does("rebootVmInstance", nil),
		},
		{
			method: "PauseVmInstance", code: "SYS.1006", cause: "SYS.1006", condition: "the VM's host is disconnected", arrange: unreachable,
			act: does("pauseVmInstance", nil),
		},
		{
			method: "ResumeVmInstance", code: "SYS.1006", cause: "SYS.1006", condition: "the VM's host is disconnected",
			arrange: func(b *bench) string {
				inState("Paused")(b)

				return b.unreachable("golden")
			},
			act: does("resumeVmInstance", nil),
		},
		{
			method: "StartVmInstance", code: "SYS.1003", condition: "the host does not exist", arrange: stoppedVM,
			act: does("startVmInstance", object{"hostUuid": missing}),
		},
		{
			method: "StartVmInstance", code: "SYS.1003", condition: "the cluster does not exist", arrange: stoppedVM,
			act: does("startVmInstance", object{"clusterUuid": missing}),
		},
		{
			method: "StartVmInstance", code: "VM.1001", cause: "HOST_ALLOCATION.1000", condition: "no host has CPUs and memory left",
			arrange: func(b *bench) string {
				fullHosts(b)

				return stoppedVM(b)
			},
			act: does("startVmInstance", nil),
		},
		{
			method: "StartVmInstance", code: "VM.1001", cause: "PS.1000", condition: "the VM is only a record, and no primary storage has room",
			arrange: func(b *bench) string {
				uuid := b.cloneOne("record", object{"strategy": "JustCreate"}).UUID
				fullStorages(b)

				return uuid
			},
			act: does("startVmInstance", nil),
		},
		{
			method: "StartVmInstance", code: "VM.1001", cause: "L3.1000", condition: "the VM is only a record, and the network has no address left",
			arrange: func(b *bench) string {
				uuid := b.cloneOne("record", object{"strategy": "JustCreate"}).UUID
				fullNetwork(b)

				return uuid
			},
			act: does("startVmInstance", nil),
		},
		{
			method: "DestroyVmInstance", code: "SYS.1007", condition: "a deleteMode that is neither Permissive nor Enforcing", arrange: golden,
			act: destroy("?deleteMode=Maybe"),
		},
		{
			method: "DestroyVmInstance", code: "VM.1004", cause: "VM.1010", condition: "the VM is Destroyed", arrange: inState("Destroyed"),
			act: destroy(""),
		},
		{
			method: "DestroyVmInstance", code: "VM.1004", cause: "SYS.1006", condition: "the VM's host is disconnected", arrange: unreachable,
			act: destroy("?deleteMode=Enforcing"),
		},
	}
}

func updateFaults() []faultCase {
	const method = "UpdateVmInstance"
	var all []faultCase
	for _, wrong := range []struct {
		condition, code string
		arrange         func(*bench) string
		params          object
	}{
		{"an empty name", "SYS.1007", golden, object{"name": ""}},
		{"a name of more than 255 characters", "SYS.1007", golden, object{"name": long(256)}},
		{"a description of more than 2048 characters", "SYS.1007", golden, object{"description": long(2049)}},
		{"less than one CPU", "SYS.1007", stoppedVM, object{"cpuNum": 0}},
		{"less than one byte of memory", "SYS.1007", stoppedVM, object{"memorySize": -1}},
		{"CPUs of a running VM", "SYS.1007", golden, object{"cpuNum": 2}},
		{"more than 1024 CPUs", "SYS.1007", stoppedVM, object{"cpuNum": 1025}},
		{"less memory of a running VM", "SYS.1007", hotPlugged, object{"memorySize": 1 << 20}},
		{"memory of a paused VM", "SYS.1006", func(b *bench) string { hotPlugged(b); return inState("Paused")(b) }, object{"memorySize": 2 << 30}},
	} {
		all = append(all, faultCase{
			method: method, code: wrong.code, condition: wrong.condition, arrange: wrong.arrange, act: does("updateVmInstance", wrong.params),
		})
	}

	return all
}

// hotPlugged is a running VM whose configuration lets CPUs and memory grow.
func hotPlugged(b *bench) string {
	must(b.t, b.server.ChangeVM(golden(b), zstacksim.Change{HotPlug: new(true)}))

	return golden(b)
}
