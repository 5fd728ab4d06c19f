package tfdiag_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/tfdiag"
)

func TestLookup(t *testing.T) {
	t.Parallel()
	datastore := tfdiag.Reference{
		Attribute: path.Root("placement").AtName("datastore_id"), What: "datastore", ID: "datastore-12",
	}
	found := []tfdiag.Candidate{{ID: "vm-9", Name: "web", Path: "/DC1/vm/web"}, {ID: "vm-42", Name: "web"}}
	storage := []tfdiag.Candidate{
		{ID: "datastore-12", Name: "LocalDS_0", Path: "/DC0/datastore/LocalDS_0"},
		{ID: "datastore-13", Name: "LocalDS_1", Path: "/DC0/datastore/LocalDS_1"},
	}
	checkGolden(t, []named{
		{"missing object", tfdiag.MissingObject(datastore)},
		{"unusable object", tfdiag.UnusableObject(datastore, "it is not accessible")},
		{"unknown disk", tfdiag.UnknownDisk(path.Root("disks_to_remove"), "vm-42", "2009",
			map[string]string{"2001": "Hard disk 2", "2000": "Hard disk 1", "2002": ""})},
		{"unknown disk of a VM without disks", tfdiag.UnknownDisk(path.Root("disks_to_remove"), "vm-42", "2009", nil)},
		{"conflict", tfdiag.Conflict(path.Root("disks_to_update"), "A disk can't be removed and placed", `Disk "2000" is in both arguments`)},
		{"check skipped, unreachable", tfdiag.PlanCheckSkipped(tfdiag.VSphere, "that the name is free", (&apierr.Error{
			Kind: apierr.Unavailable, Code: apierr.CodeUnreachable, Object: "vcenter.example.com",
		}).Wrap(errors.New("dial tcp: connection refused")))},
		{"replaced after its import", tfdiag.ReplacedAfterImport(path.Root("disks_to_remove"), `VM "web"`)},
		{"no effect", tfdiag.NoEffect(path.Root("memory"), "There is no memory to keep", "vm-42 is powered off")},
		{"check skipped", tfdiag.PlanCheckSkipped(tfdiag.VSphere, "that the name is free", &apierr.Error{
			Kind: apierr.Unavailable, Code: "HTTP 503",
		})},
		{"no match", tfdiag.NoMatch(path.Root("path"), "virtual machine", "/DC0/vm/web", tfdiag.Nearby{})},
		{"no match, but elsewhere", tfdiag.NoMatch(path.Root("path"), "virtual machine", "/DC0/vm/web", tfdiag.Nearby{Resembling: found[:1]})},
		{"no match, but one that resembles it", tfdiag.NoMatch(path.Root("path"), "datastore", "/DC0/datastore/localds_0",
			tfdiag.Nearby{Resembling: storage[:1]})},
		{"no match by name, but one that resembles it", tfdiag.NoMatch(path.Root("path"), "datastore", "LocalDS0",
			tfdiag.Nearby{Resembling: storage[:1]})},
		{"no match, but two that resemble it", tfdiag.NoMatch(path.Root("path"), "datastore", "LocalDS_2", tfdiag.Nearby{Resembling: storage})},
		{"another type", tfdiag.NoMatch(path.Root("path"), "datastore", "/DC0/vm",
			tfdiag.Nearby{Is: "folder", ID: "group-v3", Instead: "Set type = \"folder\" to find it."})},
		{"nothing at a path to import", tfdiag.NothingAt(tfdiag.VSphere, "virtual machine", `the path "/DC0/vm/wbe"`, "/DC0/vm/wbe",
			tfdiag.Nearby{Resembling: found[:1]})},
		{"another type to import", tfdiag.NothingAt(tfdiag.VSphere, "virtual machine", `the path "/DC0/vm"`, "/DC0/vm",
			tfdiag.Nearby{Is: "folder", ID: "group-v3"})},
		{"several matches", tfdiag.SeveralMatches(path.Root("name"), "virtual machine", "web", found, "Select one by its id.")},
		{"several networks", tfdiag.SeveralMatches(path.Root("path"), "network", "/DC0/network/web", []tfdiag.Candidate{
			{ID: "dvportgroup-9", Path: "/DC0/network/web", Note: `distributed_portgroup of the switch "DVS0" (dvs-7)`},
			{ID: "network-7", Path: "/DC0/network/web", Note: "standard_portgroup"},
		}, "Set network_type.")},
		{"very many matches", tfdiag.SeveralMatches(path.Root("name"), "virtual machine", "web",
			slices.Repeat(found, 11), "Select one by its id.")},
		{"nothing to import", tfdiag.NothingToImport(tfdiag.VSphere, "virtual machine", `the path "/DC0/vm/web"`)},
		{"several to import", tfdiag.SeveralToImport("virtual machine", `the path "/DC0/vm/web"`, found)},
	})
}

func TestConfiguration(t *testing.T) {
	t.Parallel()
	environment := []string{"VSPHERE_SERVER", "VSPHERE_USER", "VSPHERE_PASSWORD"}
	account := []string{"ZSTACK_HOST", "ZSTACK_ACCOUNT_NAME", "ZSTACK_ACCOUNT_PASSWORD"}
	keys := []string{"ZSTACK_HOST", "ZSTACK_ACCESS_KEY_ID", "ZSTACK_ACCESS_KEY_SECRET"}
	at := path.Root("vsphere").AtName("thumbprint")
	checkGolden(t, []named{
		{"not configured", tfdiag.NotConfigured("vsphere", environment, environment)},
		{"half configured", tfdiag.NotConfigured("vsphere", environment, environment[2:])},
		{"two of three missing", tfdiag.NotConfigured("vsphere", environment, environment[1:])},
		{"not configured, several ways", tfdiag.NotConfigured("zstack", account, account, keys)},
		{"half configured, several ways", tfdiag.NotConfigured("zstack", account, account[2:], keys)},
		{"no credentials", tfdiag.CredentialsMissing(path.Root("zstack"),
			tfdiag.Credentials{
				Settings:  []path.Path{path.Root("zstack").AtName("account_name"), path.Root("zstack").AtName("password")},
				Variables: account[1:],
			},
			tfdiag.Credentials{
				Settings:  []path.Path{path.Root("zstack").AtName("access_key_id"), path.Root("zstack").AtName("access_key_secret")},
				Variables: keys[1:],
			})},
		{"not known yet", tfdiag.NotKnownYet("vsphere")},
		{"missing", tfdiag.SettingMissing(path.Root("vsphere").AtName("endpoint"), "VSPHERE_SERVER")},
		{"invalid", tfdiag.SettingInvalid(at, "", "a SHA-1 or SHA-256 thumbprint", nil)},
		{"invalid, said by the error", tfdiag.SettingInvalid(path.Root("vsphere").AtName("session_cache"), "", "",
			errors.New("the folder /cache is open to other users"))},
		{"invalid in the environment", tfdiag.SettingInvalid(path.Root("vsphere").AtName("endpoint"), "VSPHERE_SERVER",
			"a host name, with a port where it is not 443", errors.New("it has a path"))},
		{"conflict", tfdiag.SettingsConflict(path.Root("vsphere").AtName("allow_unverified_tls"), at,
			"allow_unverified_tls trusts any certificate, so there would be nothing left to check.")},
	})
}
