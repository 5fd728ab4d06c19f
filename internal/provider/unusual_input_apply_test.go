package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// rightTag has the form of a tag's id.
const rightTag = "urn:vmomi:InventoryServiceTag:4f8b7c6e-1d2a-4b3c-8e9f-0a1b2c3d4e5f:GLOBAL"

// someValue returns a right value of each attribute of a type that a plain configuration leaves out, by its path.
func (w *inputFixture) someValue(name string) map[string]any {
	timeouts := map[string]any{"create": "10m", "read": "5m", "update": "10m", "delete": "10m"}
	pool, folder := w.vcenter.ID("/DC0/host/DC0_C0/Resources"), w.vcenter.ID("/DC0/vm")
	datastore, running := w.vcenter.ID("/DC0/datastore/LocalDS_1"), w.running
	network := w.vcenter.ID("/DC0/network/VM Network")
	const policy = "aa6d5a82-1c88-45da-85d3-3d74b91a5bad" // of the simulator, as of every vCenter: vSAN Default Storage Policy

	return map[string]map[string]any{
		"vmfork_vsphere_clone": {
			"placement": map[string]any{
				"resource_pool_id": pool, "folder_id": folder, "datastore_id": datastore, "host_id": running.HostID,
				"cluster_id": w.vcenter.ID("/DC0/host/DC0_C0"), "datastore_cluster_id": "group-p9999",
			},
			"disks_to_remove": []string{"2000"}, "disks_to_update": map[string]any{"2000": map[string]any{
				"datastore_id": datastore, "capacity_gib": 30, "provisioning": "thin", "mode": "persistent",
				"storage_policy_id": policy,
			}},
			"disks_to_add": map[string]any{"data": map[string]any{
				"datastore_id": datastore, "capacity_gib": 1, "provisioning": "thin", "mode": "persistent", "controller": "scsi0", "unit_number": 9,
				"storage_policy_id": policy,
			}},
			"delete_foreign_disks": true, "storage_policy_id": policy, "encryption": map[string]any{"key_provider_id": "kms"},
			"cpu": map[string]any{
				"count": 2, "cores_per_socket": 1, "hot_add": true, "reservation_mhz": 100, "limit_mhz": 2000, "shares": "2000",
			},
			"memory":     map[string]any{"size_mib": 64, "hot_add": true, "reservation_mib": 16, "limit_mib": 512, "shares": "high"},
			"annotation": "some", "extra_config": map[string]any{"guestinfo.a": "b"}, "extra_config_wo": map[string]any{"guestinfo.c": "d"},
			"extra_config_wo_version": 2, "snapshot_id": "snapshot-9999", "linked": true, "template": true, "tpm_provision_policy": "replace",
			"network_interfaces": map[string]any{"4000": map[string]any{
				"network_id": network, "mac_address": "00:50:56:00:00:01", "connected": true, "start_connected": true,
			}},
			"network_interfaces_to_add": map[string]any{"back": map[string]any{
				"network_id": network, "mac_address": "00:50:56:00:00:02", "connected": true, "start_connected": true, "type": "vmxnet3",
			}},
			"network_interfaces_to_remove": []string{"4000"},
			"guest_customization_spec":     map[string]any{"name": "linux"}, "power_on": true, "shutdown_timeout": "1s",
			"wait_for_guest_ip": "1s", "timeouts": timeouts, "tags": []string{rightTag}, "custom_attributes": map[string]any{"owner": "ops"},
		},
		"vmfork_vsphere_instant_clone": {
			"placement": map[string]any{"resource_pool_id": pool, "folder_id": folder, "datastore_id": datastore},
			"bios_uuid": "564d8ac1-5a0e-4a4c-9c4a-0123456789ab", "extra_config": map[string]any{"guestinfo.a": "b"},
			"extra_config_wo": map[string]any{"guestinfo.c": "d"}, "extra_config_wo_version": 2,
			"network_interfaces": map[string]any{"4000": map[string]any{
				"network_id": network, "mac_address": "00:50:56:00:00:01", "connected": true, "start_connected": true,
			}},
			"serial_ports": map[string]any{"9000": "[LocalDS_0] a.log"}, "parallel_ports": map[string]any{"10000": "[LocalDS_0] b.log"},
			"power_on": true, "shutdown_timeout": "1s", "wait_for_guest_ip": "1s", "timeouts": timeouts, "annotation": "some",
			"tags": []string{rightTag}, "custom_attributes": map[string]any{"owner": "ops"},
			"network_interfaces_to_remove": []string{},
		},
		"vmfork_vsphere_ft_secondary": {
			"apply_drs_recommendation": true, "enabled": true, "host_id": w.otherHost(), "metro": map[string]any{"host_group": "east"},
			"metadata_datastore_id": datastore, "config_datastore_id": datastore, "disk_datastores": map[string]any{"2000": datastore},
			"timeouts": timeouts,
		},
		"vmfork_vsphere_snapshot": {
			"description": "some", "memory": true, "consolidate_on_destroy": true, "remove_children_on_destroy": true,
			"quiesce": map[string]any{"timeout_minutes": 5, "windows": map[string]any{
				"vss_backup_context": "ctx_auto", "vss_backup_type": 1, "vss_bootable_system_state": true, "vss_partial_file_support": true,
			}},
			"timeouts": timeouts,
		},
		"vmfork_zstack_clone": {
			"cpu_count": 2, "memory_bytes": 2 << 30,
			"network_interfaces": map[string]any{
				"0": map[string]any{"l3_network_uuid": w.node.ID("l3_network", "net-1"), "ip_address": "10.20.0.99", "mac_address": "fa:00:00:00:09:00"},
			},
			"affinity_group_uuid": w.node.ID("affinity_group", "spread"), "cluster_uuid": w.node.ID("cluster", "cluster-1"),
			"host_uuid": w.node.ID("host", "host-1"), "delete_mode": "Permissive", "description": "some", "expunge_on_destroy": true, "full": true,
			"data_volumes": map[string]any{"primary_storage_uuid": w.node.ID("primary_storage", "storage-1"), "system_tags": []string{"capability::virtio-scsi"}},
			"root_volume": map[string]any{
				"primary_storage_uuid": w.node.ID("primary_storage", "storage-1"), "provisioning_strategy": "ThinProvisioning",
				"system_tags": []string{"capability::virtio-scsi"},
			},
			"power_on": true, "shutdown_timeout": "1s", "strategy": "InstantStart", "system_tags": []string{"vmPriority::High"},
			"user_tags": []string{"fleet::web"}, "timeouts": timeouts,
		},
		"vmfork_zstack_snapshot": {
			"description": "some", "with_memory": true, "remove_children_on_destroy": true, "timeouts": timeouts,
		},
	}[name]
}

// otherHost is a host on which the running VM can have a secondary.
func (w *inputFixture) otherHost() string {
	for i := range 3 {
		if host := w.vcenter.ID(fmt.Sprintf("/DC0/host/DC0_C0/DC0_C0_H%d", i)); host != w.running.HostID {
			return host
		}
	}

	return ""
}

// converted makes a value from plain Go.
func converted(t *testing.T, kind tftypes.Type, from any) tftypes.Value {
	t.Helper()
	switch from := from.(type) {
	case []string:
		elements := make([]tftypes.Value, len(from))
		for i, text := range from {
			elements[i] = tftypes.NewValue(tftypes.String, text)
		}

		return tftypes.NewValue(kind, elements)
	case map[string]any:
		members := map[string]tftypes.Value{}
		if object, is := kind.(tftypes.Object); is {
			for name, member := range object.AttributeTypes {
				members[name] = converted(t, member, from[name])
			}

			return tftypes.NewValue(kind, members)
		}
		for key, value := range from {
			members[key] = converted(t, elementOf(kind), value)
		}

		return tftypes.NewValue(kind, members)
	default:
		return tftypes.NewValue(kind, from)
	}
}

// trial is one attribute in an otherwise right configuration.
type trial struct {
	at    place
	right tftypes.Value // with a right value at the place
	key   string        // of the map that the place is in
	value tftypes.Value // the right value
}

// with returns the configuration with another value at the place.
func (tr trial) with(t *testing.T, value tftypes.Value) tftypes.Value {
	t.Helper()

	return set(t, tr.right, tr.at.steps, tr.key, value)
}

// exclusive returns the value without what excludes the attribute at the place, which a datastore and a datastore cluster do.
func exclusive(given any, at place) any {
	parts, is := given.(map[string]any)
	if !is || at.steps[0] != "placement" {
		return given
	}
	without := "datastore_cluster_id"
	if at.steps[len(at.steps)-1] == without {
		without = "datastore_id"
	}
	rest := maps.Clone(parts)
	delete(rest, without)

	return rest
}

// trials returns one for each attribute that a configuration may set, at any depth.
func (w *inputFixture) trials(t *testing.T, name string, schema *tfprotov6.Schema) []trial {
	t.Helper()
	var all []trial
	some := w.someValue(name)
	for _, at := range places(nil, schema.Block.Attributes) {
		if !at.given || at.steps[len(at.steps)-1] == "*" {
			continue
		}
		base := besides(t, w.right(t, name, schema), at, "")
		tr := trial{at: at, right: base}
		root := at.steps[0]
		if given, there := some[root]; there {
			given = exclusive(given, at)
			tr.right = set(t, base, []string{root}, "", converted(t, member(t, base, root, at.kind).Type(), given))
			if keys, is := given.(map[string]any); is {
				tr.key = slices.Sorted(maps.Keys(keys))[0] // where it is a map; a place in an object has no use for it
			}
		}
		tr.value = tr.right
		for _, step := range at.steps {
			if step == "*" {
				step = tr.key
			}
			tr.value = member(t, tr.value, step, at.kind)
		}
		if tr.value.IsNull() {
			t.Errorf("%s.%s is new here: give it a right value", name, at)
		}
		all = append(all, tr)
	}

	return all
}

// emptied returns the values that say nothing, of a kind: null, and what is empty or zero.
func emptied(kind tftypes.Type) map[string]tftypes.Value {
	all := map[string]tftypes.Value{"null": tftypes.NewValue(kind, nil)}
	switch {
	case kind.Is(tftypes.String):
		all["empty"] = tftypes.NewValue(kind, "")
	case kind.Is(tftypes.Number):
		all["zero"] = tftypes.NewValue(kind, 0)
	case kind.Is(tftypes.Bool):
		all["false"] = tftypes.NewValue(kind, false)
	case kind.Is(tftypes.Map{}):
		all["empty"] = tftypes.NewValue(kind, map[string]tftypes.Value{})
	case kind.Is(tftypes.List{}), kind.Is(tftypes.Set{}):
		all["empty"] = tftypes.NewValue(kind, []tftypes.Value{})
	default:
		if object, is := kind.(tftypes.Object); is {
			members := map[string]tftypes.Value{}
			for name, member := range object.AttributeTypes {
				members[name] = tftypes.NewValue(member, nil)
			}
			all["empty"] = tftypes.NewValue(kind, members)
		}
	}

	return all
}

// TestUnusualInput_applied takes each attribute of each resource through an apply: null, empty or zero, and unknown at plan to
// become any of that or right at apply; at a creation and as a change of what was right. Either that works, with a second plan
// that is empty, or an error names the attribute. Terraform never has to say that the provider planned or made something else,
// and what was made can be destroyed.
func TestUnusualInput_applied(t *testing.T) {
	t.Parallel()
	const parts = 3 // an apply is mostly waiting
	for name := range newInputFixture(t).schema.ResourceSchemas {
		for part := range parts {
			t.Run(fmt.Sprint(name, "/", part), func(t *testing.T) {
				t.Parallel()
				world := newInputFixture(t)
				worked := 0
				for i, tr := range world.trials(t, name, world.schema.ResourceSchemas[name]) {
					if i%parts != part {
						continue
					}
					for _, v := range tr.attempts() {
						if world.takeThrough(t, name, tr, v) {
							worked++
						}
					}
				}
				if worked == 0 {
					t.Error("no apply worked")
				}
			})
		}
	}
}

// attempt is one value that an attribute has at apply.
type attempt struct {
	value   tftypes.Value
	says    string // the value in a word
	unknown bool   // at plan
	change  bool   // of what was right
}

// attempts returns what to try with the attribute.
func (tr trial) attempts() []attempt {
	all := []attempt{{tr.value, "right", true, false}}
	for says, value := range emptied(tr.at.kind) {
		all = append(all, attempt{value, says, false, false}, attempt{value, says, true, false})
	}
	if tr.at.steps[0] != "timeouts" { // which no platform knows of
		all = append(all, attempt{emptied(tr.at.kind)["null"], "null", true, true}, attempt{tr.value, "right", true, true})
	}

	return all
}

// takeThrough takes one value of an attribute through plan, apply and destroy, and reports whether that worked.
func (w *inputFixture) takeThrough(t *testing.T, name string, tr trial, v attempt) bool {
	t.Helper()
	what := fmt.Sprintf("%s, unknown at plan=%t, a change=%t", v.says, v.unknown, v.change)
	p := newPlayer(t, w.serve(t), name, w.schema.ResourceSchemas[name], tr.at.String()+", "+what)
	known := tr.with(t, v.value)
	unknown := known
	if v.unknown {
		unknown = tr.with(t, tftypes.NewValue(tr.at.kind, tftypes.UnknownValue))
	}
	if v.change {
		if said := p.apply(tr.right, tr.right); slices.ContainsFunc(said, isError) {
			p.destroy()

			return false // the attempt to make it so has told
		}
	}
	said := p.apply(unknown, known)
	for _, one := range said {
		checkDiagnostic(t, tr.at, variant{name: what}, one)
	}
	worked := !slices.ContainsFunc(said, isError)
	if worked {
		p.settled(known)
	}
	p.destroy()

	return worked
}
