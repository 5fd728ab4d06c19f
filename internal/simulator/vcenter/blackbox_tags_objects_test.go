package vcenter_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/types"
)

// TestBlackBoxTagOnObjects attaches one tag to several objects, and takes it off them. What fails is told, and the rest is done.
func TestBlackBoxTagOnObjects(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest, ctx := loginREST(t, server), t.Context()
	vm := spec{"id": mustVM(t, server, golden).ID, "type": "VirtualMachine"}
	other := spec{"id": mustVM(t, server, "DC0_C0_RP0_VM1").ID, "type": "VirtualMachine"}
	gone := spec{"id": "vm-99999", "type": "VirtualMachine"}
	category := rest.make(t, categories, spec{"name": "tier", "cardinality": "SINGLE", "associable_types": []string{"VirtualMachine"}})
	gold := rest.make(t, tagList, spec{"category_id": category, "name": "gold"})
	iron := rest.make(t, tagList, spec{"category_id": category, "name": "iron"})
	change := func(id, action string, failures int, objects ...spec) {
		t.Helper()
		got := rest.do(ctx, http.MethodPost, association+"/"+url.PathEscape(id)+"?action="+action, spec{"object_ids": objects})
		got.wantStatus(t, http.StatusOK)
		var answer struct {
			Success  bool   `json:"success"`
			Messages []spec `json:"error_messages"`
		}
		got.decode(t, &answer)
		if answer.Success != (failures == 0) || len(answer.Messages) != failures {
			t.Errorf("%s: %+v", action, answer)
		}
	}
	tags := func(name string, want ...string) {
		t.Helper()
		if got := mustVM(t, server, name).Tags; !slices.Equal(got, want) {
			t.Errorf("%s has the tags %v, want %v", name, got, want)
		}
	}
	const attach, detach = "attach-tag-to-multiple-objects", "detach-tag-from-multiple-objects"
	change(iron, attach, 0, other)
	change(gold, attach, 2, gone, other, vm)
	tags(golden, gold)
	tags("DC0_C0_RP0_VM1", iron)
	change(iron, detach, 0, vm, other)
	change(gold, attach, 0, vm, other)
	tags(golden, gold)
	tags("DC0_C0_RP0_VM1", gold)
	rest.do(ctx, http.MethodPost, association+"/urn:none?action="+attach, spec{"object_ids": []spec{vm}}).wantError(t, http.StatusNotFound, "NOT_FOUND")
	reader := loginRESTAs(t, server, "restricted", "restricted")
	reader.do(ctx, http.MethodPost, association+"/"+url.PathEscape(gold)+"?action="+detach, spec{"object_ids": []spec{vm}}).
		wantError(t, http.StatusForbidden, "UNAUTHORIZED")
	tags(golden, gold)
}

// TestBlackBoxTagsAndIDs registers a VM once more, which takes its tags, its custom attributes and its storage policy from it, and restores a
// vCenter, where all of them stay with the VM, whatever its id is then.
func TestBlackBoxTagsAndIDs(t *testing.T) {
	t.Parallel()
	b := newSnapshotBench(t)
	server, ctx := b.server, t.Context()
	rest := loginREST(t, server)
	manager, err := object.GetCustomFieldsManager(b.client.Client)
	if err != nil {
		t.Fatal(err)
	}
	owner, err := manager.Add(ctx, "owner", "VirtualMachine", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	category := rest.make(t, categories, spec{"name": "tier", "cardinality": "SINGLE"})
	gold := rest.make(t, tagList, spec{"category_id": category, "name": "gold"})
	policy := []types.BaseVirtualMachineProfileSpec{&types.VirtualMachineDefinedProfileSpec{ProfileId: "aa6d5a82-1c88-45da-85d3-3d74b91a5bad"}}
	label := func() {
		t.Helper()
		vm := mustVM(t, server, golden)
		rest.do(ctx, http.MethodPost, association+"/"+url.PathEscape(gold)+"?action=attach", spec{"object_id": spec{"id": vm.ID, "type": "VirtualMachine"}}).
			wantStatus(t, http.StatusNoContent)
		wantFault(t, manager.Set(ctx, reference("VirtualMachine", vm.ID), owner.Key, "ops"), "")
		task, err := object.NewVirtualMachine(b.client.Client, reference("VirtualMachine", vm.ID)).Reconfigure(ctx, configSpec{VmProfile: policy})
		if err := finish(t, task, err); err != nil {
			t.Fatal(err)
		}
	}
	labelled := func(name string, want bool) {
		t.Helper()
		vm := mustVM(t, server, name)
		if len(vm.Tags) > 0 != want || (vm.CustomAttributes["owner"] == "ops") != want || (vm.StoragePolicyID != "") != want {
			t.Errorf("%s has the tags %v, the attributes %v and the policy %q", name, vm.Tags, vm.CustomAttributes, vm.StoragePolicyID)
		}
	}
	const neighbour = "DC0_C0_RP0_VM1"
	label()
	if _, err := server.Reregister(mustVM(t, server, golden).ID); err != nil {
		t.Fatal(err)
	}
	labelled(golden, false)

	label()
	first, second := mustVM(t, server, golden).ID, mustVM(t, server, neighbour).ID
	if err := server.Restore(map[string]string{first: second, second: first}); err != nil {
		t.Fatal(err)
	}
	labelled(golden, true)
	labelled(neighbour, false)
}

// TestBlackBoxTagTypes attaches a tag to objects of the types of its category, which clients name in two forms and the API tells in one.
func TestBlackBoxTagTypes(t *testing.T) {
	t.Parallel()
	server := startServer(t, quick())
	rest, ctx := loginREST(t, server), t.Context()
	vm := spec{"id": mustVM(t, server, golden).ID, "type": "VirtualMachine"}
	for name, status := range map[string]int{
		"VirtualMachine": http.StatusNoContent, "urn:vim25:VirtualMachine": http.StatusNoContent, "urn:vim25:HostSystem": http.StatusBadRequest,
	} {
		category := rest.make(t, categories, spec{"name": name, "cardinality": "SINGLE", "associable_types": []string{name}})
		one := rest.make(t, tagList, spec{"category_id": category, "name": "one"})
		rest.do(ctx, http.MethodPost, association+"/"+url.PathEscape(one)+"?action=attach", spec{"object_id": vm}).wantStatus(t, status)
		var told struct {
			Types []string `json:"associable_types"`
		}
		rest.get(t, categories+"/"+url.PathEscape(category), &told)
		if len(told.Types) != 1 || strings.Contains(told.Types[0], ":") {
			t.Errorf("%s is told as %v", name, told.Types)
		}
	}
}
