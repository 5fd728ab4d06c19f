package vsphereinstantclone

import (
	"reflect"
	"slices"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestUpdate(t *testing.T) {
	t.Parallel()
	nic := func(parts config) config { return basic(config{"network_interfaces": config{"4000": parts}}) }
	yes, no := true, false
	for name, test := range map[string]struct {
		before, after config
		edits         []string
		want          []vsphere.ReconfigureSpec
	}{
		"name":   {basic(), basic(config{"name": "web-2"}), []string{"Rename"}, nil},
		"folder": {basic(), basic(config{"placement": config{"folder_id": "group-v2"}}), []string{"Move"}, nil},
		"pool":   {basic(), basic(config{"placement": config{"resource_pool_id": "resgroup-2"}}), []string{"Relocate"}, nil},
		"settings": {
			basic(config{"extra_config": config{"a": "1", "b": "2"}}), basic(config{"extra_config": config{"a": "3", "c": "4"}}),
			[]string{"Reconfigure"},
			[]vsphere.ReconfigureSpec{{ExtraConfig: map[string]string{"a": "3", "b": "", "c": "4"}}},
		},
		"annotation": {
			basic(config{"annotation": "a"}), basic(config{"annotation": "b"}),
			[]string{"Reconfigure"},
			[]vsphere.ReconfigureSpec{{Annotation: new("b")}},
		},
		"no annotation any more": {basic(config{"annotation": "a"}), basic(), nil, nil},
		"secrets": {
			basic(config{"extra_config_wo": config{"t": "1"}, "extra_config_wo_version": 1}),
			basic(config{"extra_config_wo": config{"t": "2"}, "extra_config_wo_version": 2}),
			[]string{"Reconfigure"},
			[]vsphere.ReconfigureSpec{{ExtraConfig: map[string]string{"t": "2"}}},
		},
		"secrets of the same version": {
			basic(config{"extra_config_wo": config{"t": "1"}, "extra_config_wo_version": 1}),
			basic(config{"extra_config_wo": config{"t": "2"}, "extra_config_wo_version": 1}), nil, nil,
		},
		"network": {
			basic(), nic(config{"network_id": "network-1"}),
			[]string{"Reconfigure"},
			[]vsphere.ReconfigureSpec{{NetworkInterfaces: map[string]vsphere.NetworkInterfaceEdit{"4000": {NetworkID: "network-1"}}}},
		},
		"by label": {
			basic(), basic(config{"network_interfaces": config{"Network adapter 1": config{"network_id": "network-2", "start_connected": false}}}),
			[]string{"Reconfigure"},
			[]vsphere.ReconfigureSpec{{NetworkInterfaces: map[string]vsphere.NetworkInterfaceEdit{"4000": {StartConnected: &no}}}},
		},
		"nothing of the interface any more": {nic(config{"connected": false}), nic(config{}), nil, nil},
		"connection of a VM that is powered on": {
			basic(config{"power_on": false, "network_interfaces": config{"4000": config{"connected": true, "start_connected": false}}}),
			basic(config{"power_on": true, "network_interfaces": config{"4000": config{"connected": true, "start_connected": false}}}),
			[]string{"PowerOn", "Reconfigure"},
			[]vsphere.ReconfigureSpec{{NetworkInterfaces: map[string]vsphere.NetworkInterfaceEdit{"4000": {Connected: &yes}}}},
		},
		"power off": {basic(), basic(config{"power_on": false}), []string{"ShutdownGuest"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := running()
			c := newCLI(t, fake)
			c.Apply(t.Context(), test.before)
			c.Settled(test.before)
			fake.Forget()
			fake.Reconfigured = nil
			c.Apply(t.Context(), test.after)
			if got := fake.Edits(); !slices.Equal(got, test.edits) {
				t.Errorf("made %v, want %v", got, test.edits)
			}
			for i, got := range fake.Reconfigured {
				if want := test.want[i]; !sameEdits(got, want) {
					t.Errorf("reconfigured %+v, want %+v", got, want)
				}
			}
			c.Settled(test.after)
		})
	}
}

func sameEdits(a, b vsphere.ReconfigureSpec) bool {
	return reflect.DeepEqual(a.Annotation, b.Annotation) && len(a.NetworkInterfaces) == len(b.NetworkInterfaces) && len(a.ExtraConfig) == len(b.ExtraConfig) &&
		(len(a.NetworkInterfaces) == 0 || reflect.DeepEqual(a.NetworkInterfaces, b.NetworkInterfaces)) &&
		(len(a.ExtraConfig) == 0 || reflect.DeepEqual(a.ExtraConfig, b.ExtraConfig))
}

// TestAnnotation sets the annotation once the machine is made, since InstantClone_Task takes none along, and not where it is as wanted.
func TestAnnotation(t *testing.T) {
	t.Parallel()
	for wanted, edits := range map[string][]string{
		"the source's": {"StartInstantClone"}, "its own": {"StartInstantClone", "Reconfigure"},
	} {
		t.Run(wanted, func(t *testing.T) {
			t.Parallel()
			fake := running()
			fake.Change("golden", func(vm *vsphere.VirtualMachine) { vm.Annotation = "the source's" })
			c := newCLI(t, fake)
			configured := basic(config{"annotation": wanted})
			c.Apply(t.Context(), configured).Clean(t)
			if got := fake.Edits(); !slices.Equal(got, edits) {
				t.Errorf("made %v, want %v", got, edits)
			}
			c.Settled(configured)
			fake.Change("web", func(vm *vsphere.VirtualMachine) { vm.Annotation = "changed" })
			c.Refresh()
			c.Is("changed", "annotation")
			fake.Errs["Reconfigure"] = []error{&apierr.Error{Kind: apierr.Denied, Op: "ReconfigVM_Task"}}
			c.Apply(t.Context(), configured).FailedTitle(t, "Could not reconfigure")
			c.Apply(t.Context(), configured).Clean(t)
			c.Settled(configured)
		})
	}
}
