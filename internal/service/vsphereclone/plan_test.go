package vsphereclone

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/fakevsphere"
	"github.com/vmfork/terraform-provider-vmfork/internal/acctest/playedcli"
	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/lifecycle"
	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

func TestValidateConfig(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config  config
		summary string // empty where the configuration is fine
		at      string
	}{
		"smallest":    {basic(), "", ""},
		"all unknown": {config{"name": playedcli.Unknown{}, "source_vm_id": playedcli.Unknown{}, "placement": playedcli.Unknown{}, "disks_to_remove": playedcli.Unknown{}, "disks_to_update": playedcli.Unknown{}, "power_on": playedcli.Unknown{}, "guest_customization_spec": playedcli.Unknown{}, "wait_for_guest_ip": "1m"}, "", ""},
		"a disk in both arguments": {
			basic(config{"disks_to_remove": []string{"2000", "2001"}, "disks_to_update": config{"2001": config{"datastore_id": "datastore-1"}}}),
			"Disk 2001 is in both", `AttributeName("disks_to_update").ElementKeyString("2001")`,
		},
		"empty name":      {basic(config{"name": ""}), "Invalid name", `AttributeName("name")`},
		"long name":       {basic(config{"name": strings.Repeat("x", 81)}), "Invalid name", `AttributeName("name")`},
		"malformed id":    {basic(config{"source_vm_id": "/DC0/vm/golden"}), "Invalid managed object id", `AttributeName("source_vm_id")`},
		"wrong kind":      {basic(config{"placement": config{"host_id": "group-v3"}}), "Invalid managed object id", `AttributeName("placement").AttributeName("host_id")`},
		"malformed disk":  {basic(config{"disks_to_remove": []string{"Hard disk 1"}}), "Invalid disk key", ""},
		"null disk":       {basic(config{"disks_to_remove": []any{nil}}), "Null Set Value", ""},
		"no time":         {basic(config{"timeouts": config{"create": "0s"}}), "Invalid duration", `AttributeName("timeouts").AttributeName("create")`},
		"less than none":  {basic(config{"timeouts": config{"delete": "-1m"}}), "Invalid duration", `AttributeName("timeouts").AttributeName("delete")`},
		"malformed key":   {basic(config{"disks_to_update": config{"x": config{"datastore_id": "datastore-1"}}}), "Invalid disk key", ""},
		"malformed wait":  {basic(config{"power_on": true, "wait_for_guest_ip": "5"}), "Invalid duration", `AttributeName("wait_for_guest_ip")`},
		"empty spec":      {basic(config{"guest_customization_spec": config{"name": " "}}), "Empty text", ""},
		"wait for what":   {basic(config{"wait_for_guest_ip": "5m"}), "Nothing to wait for", `AttributeName("wait_for_guest_ip")`},
		"wait, power off": {basic(config{"wait_for_guest_ip": "5m", "power_on": false}), "Nothing to wait for", `AttributeName("wait_for_guest_ip")`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checked := newCore(t, fakevsphere.New()).Validate(test.config)
			if test.summary == "" {
				checked.Clean(t)

				return
			}
			checked.FailedTitle(t, test.summary)
			if test.at != "" && checked.Errors[0].Attribute.String() != test.at {
				t.Fatal(checked.Errors[0].Attribute)
			}
		})
	}
}

func TestPlanChecks(t *testing.T) {
	t.Parallel()
	placed := func(parts config) config { return basic(config{"placement": parts}) }
	for name, test := range map[string]struct {
		prepare func(f *fakevsphere.VCenter)
		config  config
		summary string
		at      string
		detail  []string
	}{
		"source missing": {nil, basic(config{"source_vm_id": "vm-9"}), `There is no source VM "vm-9"`, `AttributeName("source_vm_id")`, nil},
		"source inaccessible": {func(f *fakevsphere.VCenter) {
			f.Change("golden", func(vm *vsphere.VirtualMachine) { vm.ConnectionState = "inaccessible" })
		}, basic(), `"golden" (vm-1) can't be used now`, `AttributeName("source_vm_id")`, []string{"inaccessible"}},
		"template without a place": {func(f *fakevsphere.VCenter) {
			f.Change("golden", func(vm *vsphere.VirtualMachine) { vm.Template, vm.Placement.ResourcePoolID = true, "" })
		}, placed(config{"datastore_id": "datastore-1"}), "A clone of a template needs a place to run", `AttributeName("placement")`, []string{"vm-1", "resource_pool_id"}},
		"folder missing":           {nil, placed(config{"folder_id": "group-v9"}), `There is no folder "group-v9"`, `AttributeName("placement").AttributeName("folder_id")`, nil},
		"pool missing":             {nil, placed(config{"resource_pool_id": "resgroup-9"}), `There is no resource pool`, `AttributeName("placement").AttributeName("resource_pool_id")`, nil},
		"host missing":             {nil, placed(config{"host_id": "host-9"}), `There is no host`, `AttributeName("placement").AttributeName("host_id")`, nil},
		"cluster missing":          {nil, placed(config{"cluster_id": "domain-c9"}), `There is no cluster`, `AttributeName("placement").AttributeName("cluster_id")`, nil},
		"datastore missing":        {nil, placed(config{"datastore_id": "datastore-9"}), `There is no datastore`, `AttributeName("placement").AttributeName("datastore_id")`, nil},
		"pool outside the cluster": {nil, placed(config{"resource_pool_id": "resgroup-2", "cluster_id": "domain-c1"}), `The resource pool "resgroup-2" is not in the cluster "domain-c1"`, `AttributeName("placement").AttributeName("resource_pool_id")`, []string{"placement.resource_pool_id and placement.cluster_id"}},
		"host outside the cluster": {nil, placed(config{"host_id": "host-2", "cluster_id": "domain-c1"}), `The host "host-2" is not in the cluster "domain-c1"`, `AttributeName("placement").AttributeName("host_id")`, []string{"placement.host_id and placement.cluster_id"}},
		"host outside the pool":    {nil, placed(config{"host_id": "host-2", "resource_pool_id": "resgroup-1"}), `The host "host-2" is not in the cluster of the resource pool "resgroup-1"`, `AttributeName("placement").AttributeName("host_id")`, []string{"placement.host_id and placement.resource_pool_id"}},
		"datastore inaccessible": {func(f *fakevsphere.VCenter) {
			f.Places["datastore-2"] = vsphere.Object{Type: vsphere.TypeDatastore, ID: "datastore-2"}
		}, placed(config{"datastore_id": "datastore-2"}), `can't be used now`, `AttributeName("placement").AttributeName("datastore_id")`, []string{"not accessible"}},
		"host in maintenance": {func(f *fakevsphere.VCenter) {
			f.Places["host-3"] = vsphere.Object{Type: vsphere.TypeHost, ID: "host-3", Accessible: true, Maintenance: true}
		}, placed(config{"host_id": "host-3"}), `can't be used now`, `AttributeName("placement").AttributeName("host_id")`, []string{"maintenance"}},
		"disk's datastore missing": {nil, basic(config{"disks_to_update": config{"2000": config{"datastore_id": "datastore-9"}}}), `There is no datastore`, `AttributeName("disks_to_update").ElementKeyString("2000").AttributeName("datastore_id")`, nil},
		"unknown disk to remove":   {nil, basic(config{"disks_to_remove": []string{"2009"}}), `(vm-1) has no disk "2009"`, "", []string{`"2000"  Hard disk 1`, `"2001"  Hard disk 2`}},
		"unknown disk to update":   {nil, basic(config{"disks_to_update": config{"2009": config{"datastore_id": "datastore-1"}}}), `(vm-1) has no disk "2009"`, `AttributeName("disks_to_update").ElementKeyString("2009")`, []string{"Hard disk 1"}},
		"name taken in the source's folder": {func(f *fakevsphere.VCenter) {
			f.Add(vsphere.CloneSpec{Name: "web"}, vsphere.PoweredOff)
		}, basic(), `"web" exists already`, `AttributeName("name")`, []string{"import {", `id = "vm-101"`}},
		"name taken in the given folder": {func(f *fakevsphere.VCenter) {
			f.Add(vsphere.CloneSpec{Name: "web", Placement: vsphere.Placement{FolderID: "group-v2"}}, vsphere.PoweredOff)
		}, basic(config{"source_vm_id": playedcli.Unknown{}, "placement": config{"folder_id": "group-v2"}}), `"web" exists already`, `AttributeName("name")`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakevsphere.New()
			if test.prepare != nil {
				test.prepare(fake)
			}
			planned := newCore(t, fake).Plan(test.config)
			planned.FailedTitle(t, test.summary)
			if got := planned.Errors[0].Attribute.String(); test.at != "" && got != test.at {
				t.Errorf("on %s, want %s", got, test.at)
			}
			for _, part := range test.detail {
				if !strings.Contains(planned.Errors[0].Detail, part) {
					t.Errorf("no %q in:\n%s", part, planned.Errors[0].Detail)
				}
			}
		})
	}
}

func TestPlanIsFine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(f *fakevsphere.VCenter)
		config  config
	}{
		"of a template": {nil, basic()},
		"same name in another folder": {func(f *fakevsphere.VCenter) {
			f.Add(vsphere.CloneSpec{Name: "web", Placement: vsphere.Placement{FolderID: "group-v2"}}, vsphere.PoweredOff)
		}, basic()},
		"host, pool and cluster agree": {nil, basic(config{"placement": config{"host_id": "host-3", "resource_pool_id": "resgroup-1", "cluster_id": "domain-c1"}})},
		"on a stand-alone host": {func(f *fakevsphere.VCenter) {
			f.Places["host-4"] = vsphere.Object{Type: vsphere.TypeHost, ID: "host-4", Accessible: true}
		}, basic(config{"placement": config{"host_id": "host-4", "resource_pool_id": "resgroup-1"}})},
		"all unknown": {nil, config{
			"name": playedcli.Unknown{}, "source_vm_id": playedcli.Unknown{}, "placement": playedcli.Unknown{}, "disks_to_remove": playedcli.Unknown{}, "disks_to_update": playedcli.Unknown{},
			"power_on": playedcli.Unknown{}, "guest_customization_spec": playedcli.Unknown{},
		}},
		"parts unknown": {nil, basic(config{
			"placement":                config{"folder_id": playedcli.Unknown{}, "resource_pool_id": playedcli.Unknown{}, "host_id": playedcli.Unknown{}, "cluster_id": playedcli.Unknown{}, "datastore_id": playedcli.Unknown{}},
			"disks_to_update":          config{"2000": config{"datastore_id": playedcli.Unknown{}}},
			"guest_customization_spec": config{"name": playedcli.Unknown{}},
		})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakevsphere.New()
			if test.prepare != nil {
				test.prepare(fake)
			}
			planned := newCore(t, fake).Plan(test.config)
			if planned.Clean(t).Action != "create" {
				t.Fatal(planned.Action)
			}
		})
	}
}

// A platform that can't be asked does not stop the plan: apply finds out.
func TestPlanCheckSkipped(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"VirtualMachine", "Object", "NamedIn", "CustomizationSpecExists"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			fake := fakevsphere.New()
			unavailable := &apierr.Error{Kind: apierr.Unavailable, Code: "HTTP 503"}
			fake.Errs[method] = slices.Repeat([]error{unavailable}, 10) // of several checks that ask, each may tell
			planned := newCore(t, fake).Plan(basic(config{
				"placement": config{"folder_id": "group-v2"}, "guest_customization_spec": config{"name": "linux"},
			}))
			others := slices.ContainsFunc(planned.Warnings, func(one *tfprotov6.Diagnostic) bool { return !strings.HasPrefix(one.Summary, "Could not check") })
			if len(planned.Errors) > 0 || len(planned.Warnings) == 0 || others {
				t.Errorf("want warnings \"Could not check\" alone, got %s", planned)
			}
		})
	}
}

// Only what is about to change is asked for.
// What only another provider configuration can put right fails the plan, and once.
func TestPlanCannotConnect(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		apierr.CodeInvalidLogin, apierr.CodeUntrustedCertificate, apierr.CodeThumbprintMismatch, apierr.CodeNotVCenter,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			fake := fakevsphere.New()
			for _, method := range []string{"VirtualMachine", "Object", "NamedIn", "CustomizationSpecExists"} {
				fake.Errs[method] = []error{&apierr.Error{Kind: apierr.Unauthenticated, Op: method, Code: code, Thumbprint: "AA:BB"}}
			}
			planned := newCore(t, fake).Plan(basic(config{
				"placement": config{"folder_id": "group-v2"}, "guest_customization_spec": config{"name": "linux"},
			}))
			planned.FailedTitle(t, "Could not connect to vCenter")
			if len(planned.Errors) != 1 || len(planned.Warnings) != 0 {
				t.Fatalf("%d errors, %d warnings", len(planned.Errors), len(planned.Warnings))
			}
		})
	}
}

// A move asks whether the machine is encrypted, which takes a privilege more.
func TestPlanAsksOnlyForChanges(t *testing.T) {
	t.Parallel()
	base := basic(config{"placement": config{"folder_id": "group-v2", "datastore_id": "datastore-1", "cluster_id": "domain-c1"}})
	for name, test := range map[string]struct {
		config config
		asks   []string
	}{
		"nothing":   {base, nil},
		"settings":  {basic(base, config{"shutdown_timeout": "1m"}), nil},
		"name":      {basic(base, config{"name": "web-2"}), []string{"MissingChangePrivileges", "NamedIn"}},
		"power":     {basic(base, config{"power_on": true}), []string{"MissingChangePrivileges"}},
		"folder":    {basic(base, config{"placement": config{"folder_id": "group-v1", "datastore_id": "datastore-1", "cluster_id": "domain-c1"}}), []string{"DatacenterOf", "DatacenterOf", "MissingChangePrivileges", "NamedIn", "Object"}},
		"datastore": {basic(base, config{"placement": config{"folder_id": "group-v2", "datastore_id": "datastore-2", "cluster_id": "domain-c1"}}), []string{"DatacenterOf", "DatacenterOf", "MissingChangePrivileges", "Object", "VirtualMachine"}},
		"host":      {basic(base, config{"placement": config{"folder_id": "group-v2", "host_id": "host-3", "cluster_id": "domain-c1"}}), []string{"DatacenterOf", "DatacenterOf", "MissingChangePrivileges", "Object", "Object", "VirtualMachine"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := fakevsphere.New()
			c := newCore(t, fake)
			c.Apply(t.Context(), base).Clean(t)
			fake.Forget()
			planned := c.Plan(test.config)
			planned.Clean(t)
			slices.Sort(fake.Calls)
			if !slices.Equal(fake.Calls, test.asks) {
				t.Fatalf("asked %v, want %v", fake.Calls, test.asks)
			}
		})
	}
}

func TestRenameToTakenName(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	var shared *lifecycle.Shared
	c := playedcli.New(t, with(fake, func() *lifecycle.Shared {
		shared = newShared()

		return shared
	}))
	c.Apply(t.Context(), basic()).Clean(t)
	id := fake.Add(vsphere.CloneSpec{Name: "db"}, vsphere.PoweredOff)
	planned := c.Plan(basic(config{"name": "db"}))
	planned.FailedTitle(t, `"db" exists already`)
	if !strings.Contains(planned.Errors[0].Detail, "import {") {
		t.Error(planned.Errors[0].Detail)
	}

	shared.Registry.Add(id) // the same apply may rename or destroy it
	planned = c.Plan(basic(config{"name": "db"})).Clean(t)
	refused := c.ApplyPlanned(t.Context(), basic(config{"name": "db"}), planned).FailedTitle(t, `"db" exists already`)
	for _, words := range []string{"It is managed here", "Nothing was sent to vCenter", "apply again"} {
		if !strings.Contains(refused.Errors[0].Detail, words) {
			t.Errorf("no %q in %s", words, refused.Errors[0].Detail)
		}
	}
	if strings.Contains(refused.Errors[0].Detail, "import {") || fake.Made("Rename") != 0 {
		t.Error(refused.Errors[0].Detail, fake.Calls)
	}
}

// While the provider's configuration is not known there is no client: plans go on, refreshes keep the state.
func TestWithoutClient(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Clean(t)
	c.Serve(on(nil))
	state := c.State
	c.Refresh().Clean(t)
	if !c.State.Equal(state) {
		t.Fatal(c.State)
	}
	if planned := c.Plan(basic(config{"name": "web-2"})); planned.Clean(t).Action != "update" {
		t.Fatal(planned.Action)
	}
	c.Destroy(t.Context()).FailedTitle(t, "not known yet")
	c.ImportBy("vm-1", nil).FailedTitle(t, "not known yet")
}

func TestReadFails(t *testing.T) {
	t.Parallel()
	fake := fakevsphere.New()
	c := newCore(t, fake)
	c.Apply(t.Context(), basic()).Clean(t)
	fake.Before["VirtualMachine"] = func(context.Context, *fakevsphere.VCenter) error {
		return (&apierr.Error{Kind: apierr.Unavailable, Op: "RetrievePropertiesEx"}).Wrap(errors.New("EOF"))
	}
	c.Refresh().FailedTitle(t, `Could not read VM "web"`)
	c.Is("web", "name")
}

// A customization specification that does not exist yet is no reason to refuse a plan: the same apply may make it.
func TestPlanWarnsOfAnUnknownCustomization(t *testing.T) {
	t.Parallel()
	planned := newCore(t, fakevsphere.New()).Plan(basic(config{"guest_customization_spec": config{"name": "windows"}}))
	planned.WarnedTitle(t, `There is no customization specification "windows" yet`)
}
