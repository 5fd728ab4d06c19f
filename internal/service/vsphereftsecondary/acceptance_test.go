package vsphereftsecondary_test

import (
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/vmware/govmomi"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	"github.com/vmfork/terraform-provider-vmfork/internal/simulator/vcenter"
)

func TestAccVSphereFTSecondary_basic(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			step := s.applied(plancheck.ResourceActionCreate, s.config(), func(primary, secondary vcenter.VM) error {
				if primary.HostID == secondary.HostID {
					return errors.New("both are on one host")
				}

				return errors.Join(acctest.Same("power", secondary.PowerState, "poweredOn"), acctest.Same("cluster", secondary.ClusterID, s.cluster))
			})
			step.ConfigStateChecks = []statecheck.StateCheck{
				is("id", knownvalue.StringRegexp(regexp.MustCompile(`^vm-\d+$`))),
				is("state", knownvalue.StringExact("running")),
				is("enabled", knownvalue.Bool(true)),
				is("secondary_host_id", knownvalue.NotNull()),
				is("power_on_attempted", knownvalue.Bool(true)),
				is("power_on_fault", knownvalue.Null()),
				is("recommendations", knownvalue.ListSizeExact(0)),
				is("pending_task_id", knownvalue.Null()),
			}
			s.run(step)
		})
	}
}

func TestAccVSphereFTSecondary_everyArgument(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			all := s.config(
				id("host_id", s.hosts[1]), id("metadata_datastore_id", s.datastore1), id("config_datastore_id", s.datastore1),
				fmt.Sprintf(`disk_datastores = { %q = %q }`, s.disk(), s.datastore1),
				`apply_drs_recommendation = true`, `enabled = true`,
				`timeouts = { create = "10m", read = "1m", update = "10m", delete = "10m" }`,
			)
			s.run(s.applied(plancheck.ResourceActionCreate, all, func(primary, secondary vcenter.VM) error {
				return errors.Join(
					acctest.Same("host", secondary.HostID, s.hosts[1]), acctest.Same("datastore", secondary.DatastoreID, s.datastore1),
					acctest.Same("disk", secondary.Disks[s.disk()].DatastoreID, s.datastore1),
					acctest.Same("metadata", primary.FaultTolerance.MetadataDatastoreID, s.datastore1),
				)
			}))
		})
	}
}

// disk returns the key of a disk of the primary.
func (s *suite) disk() string {
	for key := range s.primary.Disks {
		return key
	}
	s.t.Fatal("the primary has no disk")

	return ""
}

func TestAccVSphereFTSecondary_metro(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			s.hostGroup("east", s.hosts[1])
			metro := s.applied(plancheck.ResourceActionCreate, s.config(`metro = { host_group = "east" }`),
				func(primary, secondary vcenter.VM) error {
					return errors.Join(acctest.Same("group", primary.FaultTolerance.MetroHostGroup, "east"), acctest.Same("host", secondary.HostID, s.hosts[1]))
				})
			s.run(
				resource.TestStep{Config: s.config(`metro = { host_group = "west" }`), ExpectError: acctest.Says("Could not create the FT secondary")},
				metro,
			)
		})
	}
}

func TestAccVSphereFTSecondary_metroNeedsVersion(t *testing.T) {
	t.Parallel()
	s := newSuite(t, "soap", vcenter.Options{VMs: 2, APIVersion: "8.0.2.0"})
	s.environment = []string{acctest.PlanErrors}
	s.run(resource.TestStep{
		Config: s.config(`metro = { host_group = "east" }`), PlanOnly: true, ExpectError: acctest.Says("This vCenter has no metro cluster pairs yet"),
	})
}

// hostGroup gives the cluster a group of hosts.
func (s *suite) hostGroup(name string, hosts ...string) {
	s.t.Helper()
	group := &types.ClusterHostGroup{ClusterGroupInfo: types.ClusterGroupInfo{Name: name}}
	for _, host := range hosts {
		group.Host = append(group.Host, types.ManagedObjectReference{Type: "HostSystem", Value: host})
	}
	s.vim(func(client *govmomi.Client) {
		cluster := object.NewClusterComputeResource(client.Client,
			types.ManagedObjectReference{Type: "ClusterComputeResource", Value: s.cluster})
		changing, err := cluster.Reconfigure(s.t.Context(), &types.ClusterConfigSpecEx{GroupSpec: []types.ClusterGroupSpec{{
			ArrayUpdateSpec: types.ArrayUpdateSpec{Operation: types.ArrayUpdateOperationAdd}, Info: group,
		}}}, true)
		s.must(err)
		s.must(changing.Wait(s.t.Context()))
	})
}

func TestAccVSphereFTSecondary_enabled(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			var first string
			power := func(want string) func(primary, secondary vcenter.VM) error {
				return func(_, secondary vcenter.VM) error {
					if first == "" {
						first = secondary.ID
					}

					return errors.Join(acctest.Same("power", secondary.PowerState, want), acctest.Same("secondary", secondary.ID, first))
				}
			}
			s.run(
				s.applied(plancheck.ResourceActionCreate, s.config(), power("poweredOn")),
				s.applied(plancheck.ResourceActionUpdate, s.config(`enabled = false`), power("poweredOff")),
				s.applied(plancheck.ResourceActionUpdate, s.config(), power("poweredOn")),
				s.applied(plancheck.ResourceActionUpdate, s.config(`timeouts = { delete = "5m" }`), power("poweredOn")),
			)
		})
	}
}

// One that is to be disabled from the start, and one that another client enables.
func TestAccVSphereFTSecondary_disabledFromTheStart(t *testing.T) {
	t.Parallel()
	s := newSuite(t, "soap")
	off := s.config(`enabled = false`)
	poweredOff := func(_, secondary vcenter.VM) error {
		return acctest.Same("power", secondary.PowerState, "poweredOff")
	}
	s.run(
		s.applied(plancheck.ResourceActionCreate, off, poweredOff),
		before(func() {
			_, secondary, err := s.pair(s.primary.ID)
			s.must(err)
			s.vim(func(client *govmomi.Client) {
				started, err := methods.EnableSecondaryVM_Task(t.Context(), client,
					&types.EnableSecondaryVM_Task{This: ref(s.primary.ID), Vm: ref(secondary.ID)})
				s.must(err)
				s.must(object.NewTask(client.Client, started.Returnval).Wait(t.Context()))
			})
		}, s.applied(plancheck.ResourceActionUpdate, off, poweredOff)),
	)
}

func TestAccVSphereFTSecondary_replace(t *testing.T) {
	t.Parallel()
	for _, api := range acctest.APIs() {
		t.Run(api, func(t *testing.T) {
			t.Parallel()
			s := newSuite(t, api)
			var last string
			another := func(_, secondary vcenter.VM) error {
				if secondary.ID == last {
					return errors.New("the secondary is the same")
				}
				last = secondary.ID

				return nil
			}
			replaced := func(arguments ...string) resource.TestStep {
				return s.applied(plancheck.ResourceActionDestroyBeforeCreate, s.config(arguments...), another)
			}
			s.run(
				s.applied(plancheck.ResourceActionCreate, s.config(id("host_id", s.hosts[0])), another),
				replaced(id("host_id", s.hosts[1])),
				replaced(id("metadata_datastore_id", s.datastore1)),
				replaced(id("config_datastore_id", s.datastore1)),
				replaced(fmt.Sprintf(`disk_datastores = { %q = %q }`, s.disk(), s.datastore1)),
				replaced(id("primary_vm_id", s.other.ID)),
			)
		})
	}
}
