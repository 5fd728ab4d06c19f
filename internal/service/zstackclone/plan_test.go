package zstackclone

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack"
)

// TestPlanChecks compares whole diagnostics of plans of a new VM.
func TestPlanChecks(t *testing.T) {
	t.Parallel()
	source := func(state zstack.VMState) func(f *fakeZStack) {
		return func(f *fakeZStack) { f.vms[sourceUUID].State = state }
	}
	disabled := func(uuid string) func(f *fakeZStack) {
		return func(f *fakeZStack) {
			object := f.objects[uuid]
			object.State = "Disabled"
			f.objects[uuid] = object
		}
	}
	everywhere := config{
		"cluster_uuid": clusterUUID, "host_uuid": hostUUID, "affinity_group_uuid": groupUUID, "full": true,
		"root_volume": config{"primary_storage_uuid": storageUUID}, "data_volumes": config{"primary_storage_uuid": storageUUID},
	}
	tests := []struct {
		name    string
		prepare func(f *fakeZStack)
		config  config
		quiet   bool
	}{
		{"the least", nil, nil, true},
		{"everything", nil, everywhere, true},
		{"a paused source", source(zstack.VMPaused), nil, true},
		{"a stopped source", source(zstack.VMStopped), nil, true},
		{"a source on its way", source(zstack.VMMigrating), nil, true},
		{"a source that is a record", source(zstack.VMCreated), nil, false},
		{"a crashed source", source(zstack.VMCrashed), nil, false},
		{"a destroyed source", source(zstack.VMDestroyed), nil, false},
		{"a source on its way out", source(zstack.VMExpunging), nil, false},
		{"no source", nil, config{"source_vm_uuid": absentUUID}, false},
		{"a source that is not known yet", nil, config{"source_vm_uuid": playedcli.Unknown{}}, true},
		{"a name that is taken", func(f *fakeZStack) { f.add(theirsUUID, "web", zstack.VMStopped) }, nil, false},
		{"a name in the recycle bin", func(f *fakeZStack) { f.add(theirsUUID, "web", zstack.VMDestroyed) }, nil, true},
		{"a name that is not known yet", func(f *fakeZStack) { f.add(theirsUUID, "", zstack.VMRunning) }, config{"name": playedcli.Unknown{}}, true},
		{"no cluster", nil, config{"cluster_uuid": absentUUID}, false},
		{"no host", nil, config{"host_uuid": absentUUID}, false},
		{"a cluster as host", nil, config{"host_uuid": clusterUUID}, false},
		{"no affinity group", nil, config{"affinity_group_uuid": absentUUID}, false},
		{"no primary storage", nil, config{
			"full": true, "root_volume": config{"primary_storage_uuid": absentUUID}, "data_volumes": config{"primary_storage_uuid": absentUUID},
		}, false},
		{"a cluster that is disabled", disabled(clusterUUID), everywhere, false},
		{"a host elsewhere", func(f *fakeZStack) {
			f.objects[absentUUID] = zstack.Object{Type: zstack.TypeCluster, UUID: absentUUID, State: "Enabled"}
		}, config{"cluster_uuid": absentUUID, "host_uuid": hostUUID}, false},
		{"objects that are not known yet", nil, config{
			"cluster_uuid": playedcli.Unknown{}, "host_uuid": hostUUID, "root_volume": playedcli.Unknown{}, "data_volumes": playedcli.Unknown{},
			"full": playedcli.Unknown{}, "system_tags": playedcli.Unknown{}, "strategy": playedcli.Unknown{}, "power_on": playedcli.Unknown{},
		}, true},
		{"no answer about the source", failing("VirtualMachine", fault(apierr.Unavailable, "SYS.1011")), nil, false},
		{"no answer about the name", failing("VirtualMachinesNamed", fault(apierr.Unavailable, "SYS.1011")), nil, false},
		{"no answer about an object", failing("Object", fault(apierr.Internal, "SYS.1000")), config{"cluster_uuid": clusterUUID}, false},
		{"no ZStack", failing("VirtualMachine", &apierr.Error{Kind: apierr.Unsupported, Code: apierr.CodeNotZStack, Object: "mn:8080"}), nil, false},
		{"no login", failing("VirtualMachine", fault(apierr.Unauthenticated, "ID.1000")), nil, false},
		{"a wrong clock", failing("VirtualMachine", &apierr.Error{Kind: apierr.Unauthenticated, Code: apierr.CodeClockSkew}), nil, false},
		{"a wrong key or time zone", failing("VirtualMachine", &apierr.Error{Kind: apierr.Unauthenticated, Code: apierr.CodeAccessKeyRefused}), nil, false},
		{"no login, told once", all(failing("VirtualMachine", fault(apierr.Unauthenticated, "ID.1000")),
			failing("VirtualMachinesNamed", fault(apierr.Unauthenticated, "ID.1000"))), nil, false},
	}
	var told strings.Builder
	for _, test := range tests {
		inBubble(t, func(c core, f *fakeZStack) {
			t := c.T
			if test.prepare != nil {
				test.prepare(f)
			}
			said := c.Plan(basic(test.config))
			if test.quiet {
				said.Clean(t)
			} else {
				told.WriteString("=== " + test.name + "\n" + said.String() + "\n")
			}
		})
	}
	compareGolden(t, told.String())
}

// TestPlanOfARename checks the new name, and nothing else.
func TestPlanOfARename(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		c.cloned(t)
		f.add(theirsUUID, "db", zstack.VMRunning)
		f.Calls = nil
		planned := c.Plan(basic(config{"name": "api"})).Clean(t)
		if planned.Action != "update" || !planned.Planned.IsFullyKnown() || len(f.Calls) != 1 {
			t.Errorf("%s: %s, asked %v", planned.Action, planned.Planned, f.Calls)
		}
		c.Plan(basic(config{"name": "db"})).Failed(t, "exists already")
		f.Calls = nil
		if c.Plan(basic(config{"description": "d"})).Clean(t); len(f.Calls) != 0 {
			t.Errorf("asked %v", f.Calls)
		}
	})
}

// TestReplacements changes each argument of a VM. A plan that replaces does so for that argument alone.
func TestReplacements(t *testing.T) {
	t.Parallel()
	const other = "77777777777777777777777777777777"
	before := config{
		"strategy": "InstantStart", "full": true, "affinity_group_uuid": groupUUID, "cluster_uuid": clusterUUID, "host_uuid": hostUUID,
		"root_volume":  config{"primary_storage_uuid": storageUUID, "provisioning_strategy": "ThinProvisioning", "system_tags": set("x")},
		"data_volumes": config{"primary_storage_uuid": storageUUID},
	}
	tests := map[string]struct {
		attribute string
		change    any
		replaces  bool
	}{
		"source":                 {"source_vm_uuid", other, true},
		"an unknown source":      {"source_vm_uuid", playedcli.Unknown{}, true},
		"strategy":               {"strategy", "CreateStopped", true},
		"no strategy":            {"strategy", nil, false},
		"not full":               {"full", false, true},
		"full unset":             {"full", nil, true},
		"an unknown full":        {"full", playedcli.Unknown{}, true},
		"affinity group":         {"affinity_group_uuid", other, true},
		"no affinity group":      {"affinity_group_uuid", nil, true},
		"cluster":                {"cluster_uuid", other, true},
		"no cluster":             {"cluster_uuid", nil, true},
		"host":                   {"host_uuid", other, true},
		"root volume":            {"root_volume", config{"primary_storage_uuid": storageUUID}, true},
		"no root volume":         {"root_volume", nil, true},
		"an unknown root volume": {"root_volume", playedcli.Unknown{}, true},
		"data volumes":           {"data_volumes", config{"system_tags": set("x")}, true},
		"root volume, no tags":   {"root_volume", config{"primary_storage_uuid": storageUUID, "provisioning_strategy": "ThinProvisioning"}, true},
		"data volumes, no tags":  {"data_volumes", config{"primary_storage_uuid": storageUUID, "system_tags": set()}, false},
		"empty data volumes":     {"data_volumes", config{}, true},
		"name":                   {"name", "db", false},
		"description":            {"description", "d", false},
		"power":                  {"power_on", true, false},
		"system tags":            {"system_tags", set("x"), false},
		"no system tags":         {"system_tags", set(), false},
		"user tags":              {"user_tags", set("x"), false},
		"delete mode":            {"delete_mode", "Enforcing", false},
		"expunge":                {"expunge_on_destroy", true, false},
		"shutdown timeout":       {"shutdown_timeout", "1m", false},
		"timeouts":               {"timeouts", config{"read": "1m"}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(c core, f *fakeZStack) {
				t := c.T
				f.add(other, "other", zstack.VMRunning)
				for _, kind := range []zstack.ObjectType{zstack.TypeCluster, zstack.TypeHost, zstack.TypeAffinityGroup} {
					f.objects[other] = zstack.Object{Type: kind, UUID: other}
					if strings.HasPrefix(test.attribute, string(kind)) {
						break
					}
				}
				c.cloned(t, before)
				planned := c.Plan(basic(before, config{test.attribute: test.change}))
				var want []string
				if test.replaces {
					want = []string{`AttributeName("` + test.attribute + `")`}
				}
				if !slices.Equal(planned.RequiresReplaceFor, want) || (planned.Action == "replace") != test.replaces {
					t.Errorf("the plan is to %s, for %v: %s", planned.Action, planned.RequiresReplaceFor, planned)
				}
			})
		})
	}
}

// TestReplacements_nothing gives a VM arguments that say nothing: they replace it as little as null does.
func TestReplacements_nothing(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, _ *fakeZStack) {
		t := c.T
		c.cloned(t, config{"full": true})
		for _, argument := range []string{"root_volume", "data_volumes"} {
			for _, nothing := range []config{{}, {"system_tags": set()}, {"primary_storage_uuid": nil, "system_tags": nil}} {
				planned := c.Plan(basic(config{"full": true, argument: nothing})).Clean(t)
				if len(planned.RequiresReplaceFor) > 0 {
					t.Errorf("%s = %v replaces", argument, nothing)
				}
			}
		}
	})
}

// TestPlanForecasts plans a change of power: what depends on it is unknown, and nothing else.
func TestPlanForecasts(t *testing.T) {
	t.Parallel()
	inBubble(t, func(c core, _ *fakeZStack) {
		t := c.T
		c.cloned(t, config{"full": true})
		planned := c.Plan(basic(config{"full": true, "power_on": false})).Clean(t)
		parts := map[string]tftypes.Value{}
		if err := planned.Planned.As(&parts); err != nil {
			t.Fatal(err)
		}
		var unknown []string
		for name, value := range parts {
			if !value.IsFullyKnown() {
				unknown = append(unknown, name)
			}
		}
		slices.Sort(unknown)
		if want := "current_cluster_uuid current_host_uuid ip_addresses network_interfaces state"; strings.Join(unknown, " ") != want {
			t.Errorf("unknown are %v, want %s", unknown, want)
		}
	})
}
