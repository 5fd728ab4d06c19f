package zstackclone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
	zstacksim "github.com/vmfork/terraform-provider-vmfork/internal/simulator/zstack"
)

// mistake is a clone that is wrong in one thing.
type mistake struct {
	argument string   // "name = …" and "source_vm_uuid = …" replace what is right
	says     []string // what the CLI shows
}

// mistakes returns a configuration with a resource for each mistake.
func mistakes(server *zstacksim.Server, all map[string]mistake) string {
	var config strings.Builder
	config.WriteString(acctest.ZStackProviderConfig(server))
	for name, one := range all {
		lines := []string{one.argument}
		if !strings.HasPrefix(one.argument, "name =") {
			lines = append(lines, fmt.Sprintf("name = %q", "web-"+name))
		}
		if !strings.HasPrefix(one.argument, "source_vm_uuid =") {
			lines = append(lines, fmt.Sprintf("source_vm_uuid = %q", server.ID("vm", "golden")))
		}
		fmt.Fprintf(&config, "\nresource \"vmfork_zstack_clone\" %q {\n  %s\n}\n", name, strings.Join(lines, "\n  "))
	}

	return config.String()
}

// refused runs a command of the CLI that fails, and checks that each mistake is told once and nothing else, and that ZStack was
// asked for no change.
func refused(t *testing.T, server *zstacksim.Server, all map[string]mistake, command ...string) {
	t.Helper()
	workspace := acctest.NewWorkspace(t, mistakes(server, all))
	before := len(server.VMs())
	said := acctest.MustRunCLI(t, workspace, 1, append(command, "-no-color")...).Output
	for name, one := range all {
		for _, words := range one.says {
			if !acctest.Says(words).MatchString(said) {
				t.Errorf("%s: nothing says %q", name, words)
			}
		}
		if !strings.Contains(said, fmt.Sprintf(`in resource "vmfork_zstack_clone" %q`, name)) {
			t.Errorf("%s: no error is about it", name)
		}
	}
	if got := strings.Count(said, "Error: "); got != len(all) || strings.Contains(said, "Warning: ") {
		t.Errorf("%d errors, want %d", got, len(all))
	}
	if server.Requests().ByMethod[cloneMethod] != 0 || len(server.VMs()) != before {
		t.Errorf("something was cloned: %+v", server.Requests())
	}
	if t.Failed() {
		t.Log(said)
	}
}

// A plan looks at what the configuration names before anything is made.
func TestAccZStackClone_planChecks(t *testing.T) {
	t.Parallel()
	s := newSuite(t, zstacksim.Options{VMs: 3})
	no := strings.Repeat("0", 32)
	destroyed, crashed, disabled := "Destroyed", "Crashed", "Disabled"
	s.must(s.server.ChangeVM(s.vm("vm-0").UUID, zstacksim.Change{State: &destroyed}))
	s.must(s.server.ChangeVM(s.vm("vm-1").UUID, zstacksim.Change{State: &crashed}))
	s.must(s.server.ChangeObject(s.server.ID("cluster", "cluster-2"), nil, &disabled, nil))
	var inBin string
	for _, vm := range s.server.VMs() {
		if vm.Name == "vm-0" {
			inBin = vm.UUID
		}
	}
	taken := s.vm("golden-stopped")
	cluster1, cluster2 := s.server.ID("cluster", "cluster-1"), s.server.ID("cluster", "cluster-2")
	refused(t, s.server, map[string]mistake{
		"no-source":    {fmt.Sprintf("source_vm_uuid = %q", no), []string{fmt.Sprintf("There is no source VM %q", no)}},
		"in-the-bin":   {fmt.Sprintf("source_vm_uuid = %q", inBin), []string{"it is destroyed, and only the recycle bin still has it"}},
		"crashed":      {fmt.Sprintf("source_vm_uuid = %q", s.vm("vm-1").UUID), []string{"it is Crashed, and only a machine that is Running, Paused or Stopped can be cloned"}},
		"no-cluster":   {fmt.Sprintf("cluster_uuid = %q", no), []string{fmt.Sprintf("There is no cluster %q", no)}},
		"off-cluster":  {fmt.Sprintf("cluster_uuid = %q", cluster2), []string{fmt.Sprintf("The cluster \"cluster-2\" (%s) can't be used now", cluster2), "it is Disabled"}},
		"no-host":      {fmt.Sprintf("host_uuid = %q", no), []string{fmt.Sprintf("There is no host %q", no)}},
		"no-group":     {fmt.Sprintf("affinity_group_uuid = %q", no), []string{fmt.Sprintf("There is no affinity group %q", no)}},
		"no-storage":   {fmt.Sprintf("root_volume = { primary_storage_uuid = %q }", no), []string{"Check root_volume.primary_storage_uuid"}},
		"no-storage-2": {fmt.Sprintf("full = true\n  data_volumes = { primary_storage_uuid = %q }", no), []string{fmt.Sprintf("There is no primary storage %q", no), "Check data_volumes.primary_storage_uuid"}},
		"other-cluster": {
			fmt.Sprintf("cluster_uuid = %q\n  host_uuid = %q", cluster1, s.server.ID("host", "host-4")),
			[]string{"The host is not in the cluster", "Give a host of that cluster, or remove one of cluster_uuid and host_uuid"},
		},
		"taken": {
			`name = "golden-stopped"`,
			[]string{`VM "golden-stopped" exists already`, "import {", fmt.Sprintf("id = %q", taken.UUID), "to = vmfork_zstack_clone.<NAME>"},
		},
	}, "plan")
}

// What can be told without ZStack is told without it.
func TestAccZStackClone_validation(t *testing.T) {
	t.Parallel()
	s := newSuite(t)
	group := s.server.ID("affinity_group", "spread")
	refused(t, s.server, map[string]mistake{
		"dashes": {
			`source_vm_uuid = "20debd9b-c959-4d70-b1ec-81d7d31b29cc"`,
			[]string{`is not written as ZStack does. Give "20debd9bc9594d70b1ec81d7d31b29cc".`},
		},
		"no-uuid":        {`cluster_uuid = "cluster-1"`, []string{`"cluster-1" is no uuid of ZStack.`}},
		"no-name":        {`name = ""`, []string{"The name is empty."}},
		"blanks":         {`name = " web"`, []string{`The name " web" has white space around it`}},
		"long-name":      {fmt.Sprintf("name = %q", strings.Repeat("n", 256)), []string{"The name has 256 characters."}},
		"long-text":      {fmt.Sprintf("description = %q", strings.Repeat("n", 2049)), []string{"The description has 2049 characters."}},
		"no-tag":         {`user_tags = [""]`, []string{"The tag is empty."}},
		"no-key":         {`system_tags = ["::NeverStop"]`, []string{`"::NeverStop" has no key.`}},
		"no-value":       {`system_tags = ["ha::"]`, []string{`"ha::" has no value.`}},
		"no-group":       {`system_tags = ["affinityGroupUuid::spread"]`, []string{`"affinityGroupUuid::spread" names no affinity group`}},
		"no-strategy":    {`strategy = "Instant"`, []string{"strategy must be one of"}},
		"no-mode":        {`delete_mode = "permissive"`, []string{"delete_mode must be one of"}},
		"no-time":        {`shutdown_timeout = "soon"`, []string{`"soon" is no length of time.`}},
		"no-timeout":     {`timeouts = { create = "soon" }`, []string{"Invalid duration"}},
		"off-at-once":    {"strategy = \"InstantStart\"\n  power_on = false", []string{`strategy = "InstantStart" and power_on = false ask for opposite things`}},
		"stopped-and-on": {"strategy = \"CreateStopped\"\n  power_on = true", []string{`strategy = "CreateStopped" and power_on = true ask for opposite things`}},
		"record-and-on":  {"strategy = \"JustCreate\"\n  power_on = true", []string{`strategy = "JustCreate" and power_on = true ask for opposite things`}},
		"no-volumes":     {`data_volumes = { system_tags = ["capability::virtio-scsi"] }`, []string{"No data volumes are cloned"}},
		"group-twice": {
			fmt.Sprintf("affinity_group_uuid = %q\n  system_tags = [\"affinityGroupUuid::%s\"]", group, group),
			[]string{"says once more what affinity_group_uuid says"},
		},
		"thin-twice": {
			`root_volume = { provisioning_strategy = "ThinProvisioning", system_tags = ["volumeProvisioningStrategy::ThickProvisioning"] }`,
			[]string{"says once more what root_volume.provisioning_strategy says"},
		},
	}, "validate")
}

// A name that was free when the plan was made and is not when it is applied: nothing is made, and the import block of the error
// adopts the VM.
func TestAccZStackClone_nameTaken(t *testing.T) {
	t.Parallel()
	server := acctest.ZStack(t, zstacksim.Options{VMs: 1})
	config := processConfig(server, "power_on = true")
	workspace := acctest.NewWorkspace(t, config)
	acctest.MustRunCLI(t, workspace, 0, "plan", "-out=plan")
	other, _ := server.VM("vm-0")
	web := "web"
	if err := server.ChangeVM(other.UUID, zstacksim.Change{Name: &web}); err != nil {
		t.Fatal(err)
	}
	said := acctest.MustRunCLI(t, workspace, 1, "apply", "-no-color", "plan").Output
	for _, words := range []string{`VM "web" exists already`, "import {", other.UUID} {
		if !strings.Contains(said, words) {
			t.Errorf("nothing says %q:\n%s", words, said)
		}
	}
	block := fmt.Sprintf("\nimport {\n  to = vmfork_zstack_clone.web\n  id = %q\n}\n", other.UUID)
	if err := workspace.Write("import.tf", block); err != nil {
		t.Fatal(err)
	}
	acctest.MustRunCLI(t, workspace, 0, "apply", "-auto-approve")
	onlyVM(t, server, workspace)
	acctest.MustRunCLI(t, workspace, 0, "plan", "-detailed-exitcode")
	if calls := server.Requests().ByMethod[cloneMethod]; calls != 0 {
		t.Errorf("%d clones", calls)
	}
}
