package vsphereclone

import (
	"reflect"
	"slices"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestWayOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		give vsphere.CloneSpec
		want way
	}{
		{"a VM", vsphere.CloneSpec{Source: &vsphere.VirtualMachine{}}, byREST},
		{"a template", vsphere.CloneSpec{Source: &vsphere.VirtualMachine{Template: true}}, byCloneVM},
		{"a source that was not read", vsphere.CloneSpec{}, byREST},
		{"an annotation", vsphere.CloneSpec{
			Source: &vsphere.VirtualMachine{}, Config: vsphere.ReconfigureSpec{Annotation: new("web")},
		}, byCloneVM},
		{"processors", vsphere.CloneSpec{
			Source: &vsphere.VirtualMachine{}, Config: vsphere.ReconfigureSpec{CPU: &vsphere.CPUEdit{Count: new(int64(4))}},
		}, byCloneVM},
		{"settings", vsphere.CloneSpec{
			Source: &vsphere.VirtualMachine{}, Config: vsphere.ReconfigureSpec{ExtraConfig: map[string]string{"guestinfo.name": "web"}},
		}, byCloneVM},
		{"settings that name nothing", vsphere.CloneSpec{
			Source: &vsphere.VirtualMachine{}, Config: vsphere.ReconfigureSpec{ExtraConfig: map[string]string{}},
		}, byREST},
	} {
		if got := wayOf(test.give, true); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		if got := wayOf(test.give, false); got != byCloneVM {
			t.Errorf("%s on a vCenter that does not clone by REST: %v", test.name, got)
		}
	}
}

// TestStart_placementOfATemplatesClone names a pool for every placement that says where the clone runs.
func TestStart_placementOfATemplatesClone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		placement config
		pool      string
	}{
		"pool":    {config{"resource_pool_id": "resgroup-1"}, "resgroup-1"},
		"cluster": {config{"cluster_id": "domain-c2"}, "resgroup-2"},
		"host":    {config{"host_id": "host-2"}, "resgroup-2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakevsphere.New()
			fake.Change("golden", func(vm *vsphere.VirtualMachine) { vm.Template, vm.Placement.ResourcePoolID = true, "" })
			newCore(t, fake).Apply(t.Context(), basic(config{"placement": test.placement, "power_on": true})).Clean(t)
			if fake.Made("StartCloneTask") != 1 || fake.Made("StartClone") != 0 || len(fake.Specs) != 1 {
				t.Fatalf("calls %v", fake.Calls)
			}
			got := fake.Specs[0]
			if got.Placement.ResourcePoolID != test.pool || !got.PowerOn || got.Source == nil || !got.Source.Template {
				t.Errorf("asked for %+v", got)
			}
			if stamp := got.Stamp; stamp == nil || stamp.RequestUUID == "" || stamp.SourceID != fakevsphere.GoldenID || stamp.Name != "web" ||
				stamp.At.IsZero() {
				t.Errorf("the stamp is %+v", stamp)
			}
		})
	}
}

// TestStart_sourceThatCannotBeRead leaves it to vCenter to say what is wrong with the source.
func TestStart_sourceThatCannotBeRead(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	denied := &apierr.Error{Kind: apierr.Denied, Op: "RetrievePropertiesEx"}
	fake.Errs["VirtualMachine"] = slices.Repeat([]error{denied}, 1000) // as often as anything reads
	newCore(t, fake).Apply(t.Context(), basic())
	want := vsphere.CloneSpec{SourceID: fakevsphere.GoldenID, Name: "web"}
	if len(fake.Specs) != 1 || !reflect.DeepEqual(fake.Specs[0], want) {
		t.Errorf("asked for %+v", fake.Specs)
	}
}

// TestStart_oldVCenter clones by CloneVM_Task what REST would clone where that is newer than vCenter. A source that can't be read is an error
// then.
func TestStart_oldVCenter(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	fake.Old = true
	newCore(t, fake).Apply(t.Context(), basic()).Clean(t)
	if fake.Made("StartCloneTask") != 1 || fake.Made("StartClone") != 0 || len(fake.Specs) != 1 || fake.Specs[0].Stamp == nil {
		t.Errorf("calls %v, asked for %+v", fake.Calls, fake.Specs)
	}
	fake = fakevsphere.New()
	fake.Old = true
	denied := &apierr.Error{Kind: apierr.Denied, Op: "RetrievePropertiesEx"}
	fake.Errs["VirtualMachine"] = slices.Repeat([]error{denied}, 1000) // as often as anything reads
	if spoken := newCore(t, fake).Apply(t.Context(), basic()); len(spoken.Errors) == 0 || len(fake.Specs) != 0 {
		t.Errorf("asked for %+v\n%s", fake.Specs, spoken)
	}
}
