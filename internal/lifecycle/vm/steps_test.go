package vm

import (
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfattr"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// moved returns a change of one part of the placement, which the configuration names.
func moved(state machine, change func(place *Placement)) lifecycle.Change[machine] {
	none := types.StringNull()
	wanted := Placement{FolderID: none, ResourcePoolID: none, HostID: none, ClusterID: none, DatastoreID: none}
	change(&wanted)
	planned := state.Parts()
	change(&planned)
	plan, config := state, state
	plan.Placement, config.Placement = planned.Object(placementTypes), wanted.Object(placementTypes)

	return lifecycle.Change[machine]{Config: config, Plan: plan, State: state}
}

func TestRelocation(t *testing.T) {
	t.Parallel()
	state := golden(fakevsphere.New())
	for name, test := range map[string]struct {
		change func(place *Placement)
		want   vsphere.RelocateSpec
	}{
		"nothing": {func(*Placement) {}, vsphere.RelocateSpec{}},
		"folder":  {func(p *Placement) { p.FolderID = types.StringValue("group-v2") }, vsphere.RelocateSpec{}},
		"pool":    {func(p *Placement) { p.ResourcePoolID = types.StringValue("resgroup-2") }, vsphere.RelocateSpec{ResourcePoolID: "resgroup-2"}},
		"unknown": {func(p *Placement) { p.HostID = types.StringUnknown() }, vsphere.RelocateSpec{}},
		"host, with the cluster that stays": {func(p *Placement) {
			p.HostID, p.ClusterID = types.StringValue("host-3"), types.StringValue("domain-c1")
		}, vsphere.RelocateSpec{HostID: "host-3", ClusterID: "domain-c1"}},
		"datastore": {func(p *Placement) { p.DatastoreID = types.StringValue("datastore-2") }, vsphere.RelocateSpec{DatastoreID: "datastore-2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, relocates := Relocation(moved(state, test.change))
			wants := test.want.ResourcePoolID+test.want.HostID+test.want.ClusterID+test.want.DatastoreID != ""
			if got.ResourcePoolID != test.want.ResourcePoolID || got.HostID != test.want.HostID || got.ClusterID != test.want.ClusterID ||
				got.DatastoreID != test.want.DatastoreID || relocates != wants {
				t.Errorf("%+v, %t", got, relocates)
			}
		})
	}
}

// TestSteps has the steps of a change by their actions, and takes them.
func TestSteps(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fake    *fakevsphere.VCenter
		change  func(plan *machine)
		actions []string
		edits   []string
		on      bool
	}{
		"nothing": {fakevsphere.New(), func(*machine) {}, nil, nil, false},
		"name":    {fakevsphere.New(), func(plan *machine) { plan.Name = types.StringValue("web") }, []string{"rename"}, []string{"Rename"}, false},
		"folder": {fakevsphere.New(), func(plan *machine) {
			place := plan.Parts()
			place.FolderID = types.StringValue("group-v2")
			plan.Placement = place.Object(placementTypes)
		}, []string{"move"}, []string{"Move"}, false},
		"on":                   {fakevsphere.New(), func(plan *machine) { plan.PowerOn = types.BoolValue(true) }, []string{"power on"}, []string{"PowerOn"}, true},
		"on already":           {running(), func(plan *machine) { plan.WaitForGuestIP = duration("1m") }, nil, nil, true},
		"unknown power":        {running(), func(plan *machine) { plan.PowerOn = types.BoolUnknown() }, nil, nil, true},
		"off, without a guest": {running(), func(plan *machine) { plan.PowerOn = types.BoolValue(false) }, []string{"power off"}, []string{"PowerOff"}, false},
		"on, and an address": {fakevsphere.New(), func(plan *machine) {
			plan.PowerOn, plan.WaitForGuestIP = types.BoolValue(true), duration("1m")
		}, []string{"power on", "get an IP address from the guest of"}, []string{"PowerOn"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := adapterOn(test.fake)
			test.fake.GuestIPs = []string{"192.0.2.1"}
			change := lifecycle.Change[machine]{State: golden(test.fake)}
			change.Plan = change.State
			test.change(&change.Plan)
			steps := slices.Concat(a.NamingSteps(change), a.PowerOffSteps(change), a.PowerOnSteps(change), a.AddressSteps(change))
			var actions []string
			state := change.State
			for _, step := range steps {
				actions = append(actions, step.Action)
				reached, warnings, err := step.Do(t.Context(), state)
				if err != nil || len(warnings) > 0 {
					t.Fatal(step.Action, warnings, err)
				}
				state = reached
			}
			if !slices.Equal(actions, test.actions) || !slices.Equal(test.fake.Edits(), test.edits) {
				t.Errorf("steps %q, edits %q", actions, test.fake.Edits())
			}
			if state.PowerOn.ValueBool() != test.on || (state.PowerState.ValueString() == "poweredOn") != test.on {
				t.Errorf("power_on %s, power_state %s", state.PowerOn, state.PowerState)
			}
			if waited := slices.Contains(test.actions, "get an IP address from the guest of"); waited != (len(state.GuestIPAddresses.Elements()) == 1) {
				t.Errorf("addresses %s", state.GuestIPAddresses)
			}
		})
	}
}

func duration(text string) tfattr.Duration {
	return tfattr.Duration{StringValue: types.StringValue(text)}
}

// TestAfterCreate has what is left to do for a new VM.
func TestAfterCreate(t *testing.T) {
	t.Parallel()
	const address = "get an IP address from its guest"
	off, on := fakevsphere.New(), running()
	told := golden(running())
	told.GuestIPAddresses = Addresses([]string{"192.0.2.1"})
	for name, test := range map[string]struct {
		state machine
		power types.Bool
		waits bool
		want  []string
		idle  bool // of the last step
	}{
		"as it is":                {golden(off), types.BoolUnknown(), false, nil, false},
		"off, wanted off":         {golden(off), types.BoolValue(false), false, nil, false},
		"off, wanted on":          {golden(off), types.BoolValue(true), false, []string{"power it on"}, false},
		"off, wanted on, waits":   {golden(off), types.BoolValue(true), true, []string{"power it on", address}, false},
		"on, wanted off":          {golden(on), types.BoolValue(false), false, []string{"power it off"}, false},
		"on, waits":               {golden(on), types.BoolValue(true), true, []string{address}, false},
		"on, waits, address told": {told, types.BoolValue(true), true, []string{address}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := test.state
			plan.PowerOn = test.power
			if test.waits {
				plan.WaitForGuestIP = duration("1m")
			}
			steps := adapterOn(fakevsphere.New()).AfterCreate(plan, "vm-1", test.state)
			var actions []string
			idle := false
			for _, step := range steps {
				actions, idle = append(actions, step.Action), step.Idle != nil && step.Idle(test.state)
			}
			if !slices.Equal(actions, test.want) || idle != test.idle {
				t.Errorf("%q, idle: %t", actions, idle)
			}
		})
	}
}

// TestAddressStepGivesUp waits for an address as long as wait_for_guest_ip says, and names that argument.
func TestAddressStepGivesUp(t *testing.T) {
	t.Parallel()
	a := adapterOn(running())
	step := a.addressStep("wait for", fakevsphere.GoldenID, time.Nanosecond)
	before := machine{Attributes: Attributes{ID: types.StringValue(fakevsphere.GoldenID)}}
	reached, _, err := step.Do(t.Context(), before)
	if err == nil || reached.ObjectID() != before.ObjectID() || !step.Timeout.Equal(waitForGuestIP) {
		t.Errorf("%+v, %v, bound by %s", reached, err, step.Timeout)
	}
}

// TestPowerStepFails leaves the state as it was.
func TestPowerStepFails(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{false, true} {
		fake := fakevsphere.New()
		if !on {
			fake = running()
		}
		refused := &apierr.Error{Kind: apierr.Denied}
		fake.Errs["PowerOn"], fake.Errs["PowerOff"] = []error{refused}, []error{refused}
		before := golden(fake)
		reached, _, err := adapterOn(fake).powerStep("power", fakevsphere.GoldenID, on, 0).Do(t.Context(), before)
		if !apierr.Is(err, apierr.Denied) || !reached.PowerState.Equal(before.PowerState) {
			t.Errorf("on %t: %v, %s", on, err, reached.PowerState)
		}
	}
}
