package vsphereinstantclone

import "testing"

// TestPlanAddress refuses to change the MAC address of a machine that runs, in the plan.
func TestPlanAddress(t *testing.T) {
	t.Parallel()
	addressed := func(address string, more ...config) config {
		return basic(append(more, config{"network_interfaces": config{"4000": config{"mac_address": address}}})...)
	}
	c := newCLI(t, running())
	c.Apply(t.Context(), addressed("00:50:56:00:00:11")).Clean(t)
	c.Plan(addressed("00:50:56:00:00:12")).FailedTitle(t, `must be off for this`)
	c.Plan(addressed("00:50:56:00:00:12", config{"power_on": false})).Clean(t)
}
