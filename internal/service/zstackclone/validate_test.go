package zstackclone

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
)

// TestValidate compares whole diagnostics of configurations. Each attribute has a value that is not known yet, and an empty one.
func TestValidate(t *testing.T) {
	t.Parallel()
	unknown := playedcli.Unknown{}
	root := func(changes config) config { return config{"root_volume": changes} }
	tests := []struct {
		name   string
		config config
		quiet  bool
	}{
		{"the least", nil, true},
		{"nothing is known", config{
			"name": unknown, "source_vm_uuid": unknown, "strategy": unknown, "full": unknown, "description": unknown, "power_on": unknown,
			"affinity_group_uuid": unknown, "system_tags": unknown, "user_tags": unknown, "root_volume": unknown, "data_volumes": unknown,
			"cluster_uuid": unknown, "host_uuid": unknown, "delete_mode": unknown, "expunge_on_destroy": unknown, "shutdown_timeout": unknown,
			"timeouts": config{"create": unknown, "read": unknown, "update": unknown, "delete": unknown},
		}, true},
		{"members are not known", config{
			"full": true, "system_tags": []tftypes.Value{tftypes.NewValue(tftypes.String, tftypes.UnknownValue)},
			"root_volume":  config{"provisioning_strategy": unknown, "primary_storage_uuid": unknown, "system_tags": unknown},
			"data_volumes": config{"primary_storage_uuid": unknown, "system_tags": unknown},
		}, true},
		{"what is empty and may be", config{
			"description": "", "system_tags": set(), "user_tags": set(), "root_volume": config{}, "data_volumes": config{}, "full": true,
			"timeouts": config{},
		}, true},
		{"an empty name", config{"name": ""}, false},
		{"an empty source", config{"source_vm_uuid": ""}, false},
		{"an empty strategy", config{"strategy": ""}, false},
		{"an empty affinity group", config{"affinity_group_uuid": ""}, false},
		{"an empty cluster", config{"cluster_uuid": ""}, false},
		{"an empty host", config{"host_uuid": ""}, false},
		{"an empty delete mode", config{"delete_mode": ""}, false},
		{"an empty shutdown timeout", config{"shutdown_timeout": ""}, false},
		{"an empty provisioning strategy", root(config{"provisioning_strategy": ""}), false},
		{"an empty primary storage", root(config{"primary_storage_uuid": ""}), false},
		{"an empty tag", config{"user_tags": set("")}, false},
		{"a tag that is null", config{"user_tags": []tftypes.Value{tftypes.NewValue(tftypes.String, nil)}}, false},
		{"no name", config{"name": nil}, false},
		{"no source", config{"source_vm_uuid": nil}, false},
		{"a long description", config{"description": strings.Repeat("x", 2049)}, false},
		{"a malformed system tag", config{"system_tags": set("ha::")}, false},
		{"a malformed tag of the root volume", root(config{"system_tags": set("::x")}), false},
		{"an unknown strategy", config{"strategy": "Clone"}, false},
		{"a strategy that starts what is to be off", config{"strategy": "InstantStart", "power_on": false}, false},
		{"a strategy that stops what is to be on", config{"strategy": "CreateStopped", "power_on": true}, false},
		{"a record that is to be on", config{"strategy": "JustCreate", "power_on": true}, false},
		{"a record that is off", config{"strategy": "JustCreate", "power_on": false}, true},
		{"data volumes of a clone that has none", config{"data_volumes": config{}}, false},
		{"data volumes of a clone that is not full", config{"full": false, "data_volumes": config{}}, false},
		{"data volumes that are not known to be", config{"full": unknown, "data_volumes": config{}}, true},
		{"an affinity group given twice", config{"affinity_group_uuid": groupUUID, "system_tags": set(affinityGroupTag + groupUUID)}, false},
		{"an affinity group as tag", config{"system_tags": set(affinityGroupTag + groupUUID)}, true},
		{"two affinity groups as tags", config{"system_tags": set(affinityGroupTag+groupUUID, affinityGroupTag+clusterUUID)}, false},
		{"provisioning given twice", root(config{"provisioning_strategy": "ThinProvisioning", "system_tags": set(provisioningTag + "ThinProvisioning")}), false},
		{"provisioning as tag", root(config{"system_tags": set(provisioningTag + "ThinProvisioning")}), true},
		{"no time", config{"timeouts": config{"create": "0s"}}, false},
		{"less than no time", config{"timeouts": config{"delete": "-1m"}}, false},
		{"no shutdown", config{"shutdown_timeout": "-1s"}, false},
		{"all the time that ZStack gives a guest to shut down", config{"shutdown_timeout": "60s"}, true},
		{"more than that", config{"shutdown_timeout": "3m"}, false},
	}
	var told strings.Builder
	inBubble(t, func(c core, f *fakeZStack) {
		t := c.T
		for _, test := range tests {
			said := c.Validate(basic(test.config))
			if test.quiet {
				said.Clean(t)
			} else {
				told.WriteString("=== " + test.name + "\n" + said.String() + "\n")
			}
		}
		if len(f.Calls) != 0 {
			t.Errorf("asked %v", f.Calls)
		}
	})
	compareGolden(t, told.String())
}
