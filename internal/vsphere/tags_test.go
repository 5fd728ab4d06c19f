package vsphere_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// taggingMethod is the name of a call of the tagging API, as requests are counted.
func taggingMethod(rest string) string { return "POST /api/cis/tagging/tag-association" + rest }

// together runs work for each of the names at the same time, and returns the errors in their order.
func together(names []string, work func(name string) error) []error {
	failures := make([]error, len(names))
	var calls sync.WaitGroup
	for i, name := range names {
		calls.Go(func() { failures[i] = work(name) })
	}
	calls.Wait()

	return failures
}

// TestTags attaches, reads and detaches the tags of many VMs by few calls: one for each tag, or for each VM where these are fewer.
func TestTags(t *testing.T) {
	t.Parallel()
	server, client := setUpAPI(t, vsphere.APISOAP, vcenter.Options{VMs: 8})
	labels := acctest.NewLabels(t, server)
	category := labels.Category("team", false)
	red, blue := labels.Tag(category, "red"), labels.Tag(category, "blue")
	var vms []string
	for i := range 8 {
		vms = append(vms, acctest.VM(t, server, fmt.Sprintf("DC0_C0_RP0_VM%d", i)).ID)
	}
	counted := func(method string, most int) {
		t.Helper()
		if made := server.Requests().ByMethod; made[method] == 0 || made[method] > most+apart {
			t.Errorf("%s: %v", method, made)
		}
		server.ResetRequests()
	}
	clean := func(failures []error) {
		t.Helper()
		for _, err := range failures {
			if err != nil {
				t.Error(err)
			}
		}
	}
	clean(together(vms, func(vm string) error { return client.AttachTags(t.Context(), vm, []string{red, blue}) }))
	counted(taggingMethod("/{id}?action=attach-tag-to-multiple-objects"), 2)
	want := slices.Sorted(slices.Values([]string{red, blue}))
	clean(together(vms, func(vm string) error {
		got, err := client.AttachedTags(t.Context(), vm)
		if err == nil && !slices.Equal(got, want) {
			err = fmt.Errorf("%s has the tags %v", vm, got)
		}

		return err
	}))
	counted(taggingMethod("?action=list-attached-tags-on-objects"), 1)
	clean([]error{client.DetachTags(t.Context(), vms[0], []string{red, blue})})
	counted(taggingMethod("?action=detach-multiple-tags-from-object"), 1)
	clean([]error{client.DetachTags(t.Context(), vms[1], []string{red})})
	counted(taggingMethod("/{id}?action=detach"), 1)
	for vm, tags := range map[string][]string{vms[0]: nil, vms[1]: {blue}, vms[2]: want, "vm-none": nil} {
		if got, err := client.AttachedTags(t.Context(), vm); err != nil || !slices.Equal(got, tags) {
			t.Errorf("%s has the tags %v, %v", vm, got, err)
		}
	}
}

// TestTags_failures tells each of many which of its tags could not be attached, though the answer to all does not, and attaches the others.
func TestTags_failures(t *testing.T) {
	t.Parallel()
	server, client := setUpAPI(t, vsphere.APISOAP, vcenter.Options{VMs: 3})
	labels := acctest.NewLabels(t, server)
	category := labels.Category("tier", true)
	gold, iron := labels.Tag(category, "gold"), labels.Tag(category, "iron")
	vms := make([]string, 3)
	for i := range vms {
		vms[i] = acctest.VM(t, server, fmt.Sprintf("DC0_C0_RP0_VM%d", i)).ID
	}
	labels.Attach("DC0_C0_RP0_VM1", iron)
	failures := together(vms, func(vm string) error { return client.AttachTags(t.Context(), vm, []string{gold}) })
	if failures[0] != nil || failures[2] != nil {
		t.Errorf("failures %v", failures)
	}
	if failure := wantError(t, failures[1], apierr.InvalidArgument, "INVALID_ARGUMENT"); failure.Object != gold {
		t.Errorf("the failure is about %q", failure.Object)
	}
	const none = "urn:vmomi:InventoryServiceTag:none:GLOBAL"
	for _, err := range together(vms, func(vm string) error { return client.AttachTags(t.Context(), vm, []string{none}) }) {
		wantError(t, err, apierr.NotFound, "NOT_FOUND")
	}
	for _, err := range together(vms, func(vm string) error { return client.DetachTags(t.Context(), vm, []string{none}) }) {
		if err != nil {
			t.Error(err)
		}
	}
	if got := acctest.VM(t, server, "DC0_C0_RP0_VM2").Tags; !slices.Equal(got, []string{gold}) {
		t.Errorf("tags %v", got)
	}
}

// TestTags_find finds tags by category and name, whose slashes are escaped, and by name where it is one tag's.
func TestTags_find(t *testing.T) {
	t.Parallel()
	server, client := setUpAPI(t, vsphere.APISOAP, vcenter.Options{VMs: 1})
	labels := acctest.NewLabels(t, server)
	team, tier := labels.Category("team/web", false), labels.Category("tier", true, "VirtualMachine")
	red, gold, also := labels.Tag(team, "red"), labels.Tag(tier, "gold"), labels.Tag(team, "gold")
	for path, want := range map[string][]string{
		"red": {red}, "gold": {also, gold}, "tier/gold": {gold}, "/tier/gold": {gold}, "/team%2fweb/gold": {also}, "/gold": nil,
		"team/red": nil, "/a/tier/gold": nil, "none": nil,
	} {
		found, err := client.FindObjects(t.Context(), vsphere.TypeTag, path)
		var ids []string
		for _, object := range found {
			ids = append(ids, object.ID)
		}
		if err != nil || !slices.Equal(ids, want) {
			t.Errorf("%s: %+v, %v", path, found, err)
		}
	}
	tag, err := client.Tag(t.Context(), gold)
	if err != nil || tag.Name != "gold" {
		t.Errorf("%+v, %v", tag, err)
	}
	category, err := client.TagCategory(t.Context(), tag.CategoryID)
	if err != nil || !category.Single() || !category.ForVMs() || category.Name != "tier" {
		t.Errorf("%+v, %v", category, err)
	}
	_, err = client.Tag(t.Context(), "urn:vmomi:InventoryServiceTag:none:GLOBAL")
	wantError(t, err, apierr.NotFound, "NOT_FOUND")
	for path, want := range map[string][]string{
		"/tier/gould": {gold}, "Tier/gold": {gold}, "/team-web/Red": {red}, "golds": {also, gold}, "/nothing/gold": nil, "/tier/red": nil,
	} {
		found, err := client.Near(t.Context(), vsphere.TypeTag, path)
		ids := make([]string, 0, len(found.Objects))
		for _, object := range found.Objects {
			ids = append(ids, object.ID)
		}
		slices.Sort(ids)
		slices.Sort(want)
		if err != nil || found.At != nil || !slices.Equal(ids, want) {
			t.Errorf("near %s: %v, %v, want %v", path, ids, err, want)
		}
	}
}

// TestTagCategory_forVMs knows the forms in which a category names the types of objects.
func TestTagCategory_forVMs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		types []string
		want  bool
	}{
		{nil, true},
		{[]string{"VirtualMachine"}, true},
		{[]string{"Datastore", "urn:vim25:VirtualMachine"}, true},
		{[]string{"HostSystem"}, false},
	} {
		if got := (vsphere.TagCategory{Types: test.types}).ForVMs(); got != test.want {
			t.Errorf("%v: %t", test.types, got)
		}
	}
}

// TestCustomAttributes sets custom attributes, and reads them along with the VM.
func TestCustomAttributes(t *testing.T) {
	t.Parallel()
	for _, api := range apis {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			server, client := setUpAPI(t, api, vcenter.Options{VMs: 1})
			labels := acctest.NewLabels(t, server)
			labels.Define("owner", "VirtualMachine")
			labels.Define("rack", "HostSystem")
			vm := acctest.VM(t, server, "DC0_C0_RP0_VM0").ID
			defined, err := client.CustomAttributes(t.Context())
			i := slices.IndexFunc(defined, func(attribute vsphere.CustomAttribute) bool { return attribute.Name == "owner" })
			if err != nil || len(defined) != 2 || i < 0 || !defined[i].ForVMs() || defined[1-i].ForVMs() {
				t.Fatalf("%+v, %v", defined, err)
			}
			for _, value := range []string{"ops", ""} {
				if err := client.SetCustomAttribute(t.Context(), vm, defined[i].Key, value); err != nil {
					t.Fatal(err)
				}
				server.ResetRequests()
				found, err := client.VirtualMachineWith(t.Context(), vm, vsphere.Extras{CustomAttributes: true})
				if err != nil || found.CustomAttributes["owner"] != value || found.ExtraConfig != nil {
					t.Errorf("%+v, %v", found, err)
				}
				if counts := server.Requests(); counts.Total > 1 {
					t.Errorf("the read took %v", counts.ByMethod)
				}
			}
			wantError(t, client.SetCustomAttribute(t.Context(), vm, defined[1-i].Key, "7"), apierr.InvalidArgument, "InvalidArgument")
		})
	}
}
