package vsphereinstantclone

import (
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	golden := func(change func(vm *vsphere.VirtualMachine)) func(f *fakevsphere.VCenter) {
		return func(f *fakevsphere.VCenter) { f.Change("golden", change) }
	}
	for name, test := range map[string]struct {
		prepare func(f *fakevsphere.VCenter)
		config  config
		failed  string
		warned  string
		detail  string
	}{
		"fine":     {nil, basic(), "", "", ""},
		"template": {golden(func(vm *vsphere.VirtualMachine) { vm.Template, vm.PowerState = true, vsphere.PoweredOff }), basic(), `can't be used now`, "", "template"},
		"off":      {golden(func(vm *vsphere.VirtualMachine) { vm.PowerState = vsphere.PoweredOff }), basic(), `can't be used now`, "", "poweredOff"},
		"not frozen": {
			golden(func(vm *vsphere.VirtualMachine) { vm.InstantCloneFrozen = false }), basic(), "", `"vm-1" is not frozen`, "instantclone.freeze",
		},
		"same network": {
			nil, basic(config{"network_interfaces": nil}), "", "would share a network identity", `"4000"  Network adapter 1, on network-1`,
		},
		"same network, named": {
			nil, basic(config{"network_interfaces": config{"4000": config{"network_id": "network-1"}}}), "", "would share a network identity", "network-1",
		},
		"disconnected":                 {nil, basic(config{"network_interfaces": config{"4000": config{"connected": false}}}), "", "", ""},
		"network not known":            {nil, basic(config{"network_interfaces": config{"4000": config{"network_id": playedcli.Unknown{}}}}), "", "", ""},
		"network interfaces not known": {nil, basic(config{"network_interfaces": playedcli.Unknown{}}), "", "", ""},
		"everything not known": {nil, config{
			"name": playedcli.Unknown{}, "source_vm_id": playedcli.Unknown{}, "placement": playedcli.Unknown{}, "network_interfaces": playedcli.Unknown{},
			"extra_config": playedcli.Unknown{}, "serial_ports": playedcli.Unknown{}, "bios_uuid": playedcli.Unknown{}, "power_on": playedcli.Unknown{},
		}, "", "", ""},
		"passed through": {
			golden(func(vm *vsphere.VirtualMachine) {
				vm.UnsupportedDevices = []vsphere.Device{{Key: "13000", Label: "PCI device 0", Type: "VirtualPCIPassthrough"}}
			}), basic(), "has devices that an instant clone can't share", "", `"13000"  PCI device 0 (VirtualPCIPassthrough)`,
		},
		"unknown network interface": {nil, basic(config{"network_interfaces": config{"4009": config{"connected": false}}}), `has no network interface "4009"`, "", `"4000"  Network adapter 1`},
		"unknown port":              {nil, basic(config{"serial_ports": config{"9": "[a] b.log"}}), `has no serial port "9"`, "", `"9000"  Serial port 1`},
		"no ports at all":           {nil, basic(config{"parallel_ports": config{"9": "[a] b.log"}}), `has no parallel port "9"`, "", "has no parallel ports"},
		"unknown network":           {nil, basic(config{"network_interfaces": config{"4000": config{"network_id": "network-9"}}}), `There is no network "network-9"`, "", ""},
		"too old":                   {func(f *fakevsphere.VCenter) { f.TooOld = true }, basic(), `Could not plan VM "web"`, "", "needs version 6.7 of vCenter's API or a newer one; the server has 6.5"},
		"name taken":                {func(f *fakevsphere.VCenter) { f.Add(vsphere.CloneSpec{Name: "web"}, vsphere.PoweredOff) }, basic(), `"web" exists already`, "", "import {"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := running()
			if test.prepare != nil {
				test.prepare(fake)
			}
			planned := newCLI(t, fake).Plan(test.config)
			switch {
			case test.failed != "":
				planned.FailedTitle(t, test.failed)
			case test.warned != "":
				planned.WarnedTitle(t, test.warned)
			default:
				planned.Clean(t)
			}
			if said := planned.String(); !strings.Contains(said, test.detail) {
				t.Errorf("no %q in:\n%s", test.detail, said)
			}
		})
	}
}

func TestValidateConfig(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config  config
		summary string
	}{
		"a key twice": {basic(config{"extra_config": config{"a": "1"}, "extra_config_wo": config{"a": "2"}, "extra_config_wo_version": 1}), "a is in both"},
		"no version":  {basic(config{"extra_config_wo": config{"a": "2"}}), "Invalid Attribute Combination"},
		"reserved":    {basic(config{"extra_config": config{"vmfork.request": "1"}}), "vmfork.request is reserved"},
		"reserved, secret": {
			basic(config{"extra_config_wo": config{"VMFork.Request": "1"}, "extra_config_wo_version": 1}), "VMFork.Request is reserved",
		},
		"empty value":       {basic(config{"extra_config": config{"a": ""}}), "Invalid Attribute Value Length"},
		"malformed MAC":     {basic(config{"network_interfaces": config{"4000": config{"mac_address": "00-50"}}}), "Invalid MAC address"},
		"malformed network": {basic(config{"network_interfaces": config{"4000": config{"network_id": "VM Network"}}}), "Invalid managed object id"},
		"malformed file":    {basic(config{"serial_ports": config{"9000": "web/serial.log"}}), "Invalid datastore path"},
		"malformed UUID":    {basic(config{"bios_uuid": "5021"}), "Invalid UUID"},
		"no time":           {basic(config{"timeouts": config{"create": "0s"}}), "Invalid duration"},
		"wait for what":     {basic(config{"power_on": false, "wait_for_guest_ip": "1m"}), "Nothing to wait for"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newCLI(t, running()).Validate(test.config).FailedTitle(t, test.summary)
		})
	}
}

// TestCreate_recentSource makes an instant clone of a source that was off a moment ago and runs by now, and reads it no more than once for what it
// has read since.
func TestCreate_recentSource(t *testing.T) {
	t.Parallel()
	fake := running()
	power := func(state vsphere.PowerState) {
		fake.Change("golden", func(vm *vsphere.VirtualMachine) { vm.PowerState = state })
	}
	c := newCLI(t, fake)
	planned := c.Plan(basic()).Clean(t)
	power(vsphere.PoweredOff)
	c.ApplyPlanned(t.Context(), basic(), planned).Clean(t) // what was read before serves, and this vCenter takes any source
	c.Destroy(t.Context()).Clean(t)

	c = newCLI(t, fake)
	c.Plan(basic()).Failed(t, "can't be used now")
	power(vsphere.PoweredOn)
	if c.Apply(t.Context(), basic()); c.Get("id") == "" {
		t.Error("it was not made")
	}
}
