package zstack_test

import (
	"net/http"
	"testing"

	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// refusesNICs checks that no network interface of a VM can be changed by an account that does not see the VM.
func refusesNICs(t *testing.T, b *bench, vm string, nic struct{ UUID, L3NetworkUUID string }) {
	t.Helper()
	path := "/v1/vm-instances/nics/" + nic.UUID
	b.job(http.MethodPost, path+"/l3-networks/"+nic.L3NetworkUUID, object{"params": object{}}).wantError(t, "ID.1002")
	b.job(http.MethodPut, path+"/actions", object{"updateVmNicMac": object{"mac": "fa:00:00:00:00:01"}}).wantError(t, "ID.1002")
	b.job(http.MethodPost, "/v1/vm-instances/"+vm+"/l3-networks/"+nic.L3NetworkUUID, object{"params": object{}}).wantError(t, "ID.1002")
}

// TestVisibility compares what two accounts see: a query leaves out what is not the account's own nor shared with it, and only the
// capabilities of a VM tell one that is missing from one that may not be seen.
func TestVisibility(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	uuid, _, _ := b.server.AddAccount("alice", "secret")
	alice := &bench{caller: logInAs(t, b.server, "alice", "secret"), server: b.server}
	group, vm := b.group("g", "golden", nil), golden(b)

	count := func(path string) int { return len(read[struct{}](alice, path)) }
	paths := []string{"/v1/vm-instances/" + vm, "/v1/volumes?q=vmInstanceUuid=" + vm, groupsPath + "/" + group.UUID, "/v1/volume-snapshots?q=groupUuid=" + group.UUID}
	for _, path := range paths {
		if n := count(path); n != 0 {
			t.Errorf("alice sees %d at %s", n, path)
		}
	}
	if count("/v1/zones") != 1 || count("/v1/images") != 2 {
		t.Error("alice does not see the infrastructure")
	}
	capabilities := func(uuid string) reply {
		return alice.do(http.MethodGet, "/v1/vm-instances/"+uuid+"/capabilities", nil)
	}
	capabilities(vm).wantError(t, "ID.1002")
	capabilities(missing).wantError(t, "SYS.1003")
	alice.job(http.MethodDelete, "/v1/vm-instances/"+vm, nil).wantError(t, "ID.1002")
	alice.job(http.MethodDelete, groupsPath+"/"+group.UUID, nil).wantError(t, "ID.1002")
	b.wantState(vm, "Running")
	refusesNICs(t, alice, vm, read[struct {
		VMNICs []struct{ UUID, L3NetworkUUID string }
	}](b, "/v1/vm-instances/"+vm)[0].VMNICs[0])

	must(t, b.server.ShareVM(vm, uuid, true))
	for _, path := range paths {
		if count(path) == 0 {
			t.Errorf("alice does not see what is shared at %s", path)
		}
	}
	capabilities(vm).wantStatus(t, http.StatusOK)
	own := alice.cloneOne("own", object{})
	must(t, b.server.ShareVM(vm, uuid, false))
	if count("/v1/vm-instances") != 1 || len(read[struct{}](b, "/v1/vm-instances/"+own.UUID)) != 1 {
		t.Error("alice does not see her own VM alone, or the administrator not all")
	}
	var owners struct {
		Inventories map[string]struct{ UUID, Name string } `json:"inventories"`
	}
	alice.do(http.MethodGet, "/v1/resources/accounts?resourceUuids="+vm+"&resourceUuids="+own.UUID+"&resourceUuids="+missing, nil).decode(t, &owners)
	if told := owners.Inventories; told[own.UUID].UUID != uuid || told[own.UUID].Name != "alice" || told[vm].Name != "admin" || told[missing].Name != "admin" {
		t.Errorf("%+v", told)
	}
	alice.do(http.MethodGet, "/v1/resources/accounts", nil).wantError(t, "SYS.1007")
	keys := read[struct{ AccountUUID, AccessKeyID string }](alice, "/v1/accesskeys")
	if len(keys) != 1 || keys[0].AccountUUID != uuid {
		t.Errorf("%+v", keys)
	}
}

// TestMalformedUUID deletes what does not exist: that succeeds for an id that may have been one only.
func TestMalformedUUID(t *testing.T) {
	t.Parallel()
	b := newBench(t, zstacksim.Options{})
	for _, path := range []string{"/v1/vm-instances/", groupsPath + "/", "/v1/volume-snapshots/"} {
		b.job(http.MethodDelete, path+"00000000000040008000000000000000", nil).wantStatus(t, http.StatusOK)
		b.job(http.MethodDelete, path+"00000000000000000000000000000000", nil).wantError(t, "SYS.1003")
	}
}
