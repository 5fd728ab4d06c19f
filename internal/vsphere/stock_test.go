package vsphere_test

import (
	"crypto/tls"
	"sync"
	"testing"

	"github.com/vmware/govmomi/simulator"

	"github.com/vmfork/terraform-provider-vmfork/internal/vsphere"
)

// Waits must end on govmomi's own simulator as well, which reports a new filter only after a change, and with
// it the SOAP half of this package.
//
//nolint:paralleltest // govmomi's simulator keeps globals that no other server may be starting with at the same time
func TestStockSimulator(t *testing.T) {
	model := simulator.VPX()
	model.Machine = 4
	if err := model.Create(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(model.Remove)
	model.Service.TLS = new(tls.Config)
	server := model.Service.NewServer()
	t.Cleanup(server.Close)
	password, _ := server.URL.User.Password()
	client := connect(t, vsphere.Config{
		Endpoint: server.URL.Host, Username: server.URL.User.Username(), Password: password, AllowUnverifiedTLS: true,
	})
	found, err := client.FindVMs(t.Context(), vsphere.VMQuery{Path: "/DC0/vm/DC0_C0_RP0_VM0"})
	if err != nil || len(found) != 1 {
		t.Fatalf("found %+v, %v", found, err)
	}
	others, err := client.FindVMs(t.Context(), vsphere.VMQuery{Name: "DC0_H0_VM1"})
	if err != nil || len(others) != 1 {
		t.Fatalf("found %+v, %v", others, err)
	}
	hosts, err := client.FindObjects(t.Context(), vsphere.TypeHost, "/DC0/host/DC0_H0")
	if err != nil || len(hosts) != 1 || hosts[0].Path != "/DC0/host/DC0_H0/DC0_H0" {
		t.Errorf("a stand-alone host by its short path: %+v, %v", hosts, err)
	}
	vm, err := client.VirtualMachine(t.Context(), others[0].ID)
	if err != nil || vm.Placement.HostID == "" || vm.Placement.ClusterID != "" {
		t.Errorf("a VM on a stand-alone host: %+v, %v", vm, err)
	}
	var waits sync.WaitGroup
	waits.Go(func() {
		if err := client.WaitForPowerState(t.Context(), found[0].ID, vsphere.PoweredOff); err != nil {
			t.Errorf("WaitForPowerState: %v", err)
		}
	})
	for range 3 { // while another wait is under way
		done(t)(client.PowerOff(t.Context(), others[0].ID))
		done(t)(client.PowerOn(t.Context(), others[0].ID))
	}
	done(t)(client.PowerOff(t.Context(), found[0].ID))
	waits.Wait()
	done(t)(client.Destroy(t.Context(), found[0].ID))
}
