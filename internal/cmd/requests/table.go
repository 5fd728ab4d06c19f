package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// configuration clones the golden template n times.
func configuration(n int, thumbprint string) string {
	return fmt.Sprintf(`terraform {
  required_providers {
    vmfork = { source = "vmfork/vmfork" }
  }
}

provider "vmfork" {
  vsphere = { thumbprint = %q }
}

data "vmfork_vsphere_virtual_machine" "golden" { path = "/DC0/vm/golden-template" }

data "vmfork_vsphere_object" "pool" {
  type = "resource_pool"
  path = "/DC0/host/DC0_C0/Resources"
}

resource "vmfork_vsphere_clone" "clone" {
  count        = %d
  name         = "clone-${count.index}"
  source_vm_id = data.vmfork_vsphere_virtual_machine.golden.id
  placement    = { resource_pool_id = data.vmfork_vsphere_object.pool.id }
  power_on     = true
}
`, thumbprint, n)
}

// table prints the steps as a Markdown table, the methods of each by their share.
func table(s settings, steps []step) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d clones, parallelism %d, tasks of %s, latency %s\n\n", s.n, s.parallelism, s.task, s.latency)
	b.WriteString("| step | requests a clone | requests | by method |\n|---|---|---|---|\n")
	for _, step := range steps {
		methods := slices.SortedFunc(maps.Keys(step.ByMethod), func(x, y string) int {
			return cmp.Or(cmp.Compare(step.ByMethod[y], step.ByMethod[x]), cmp.Compare(x, y))
		})
		for i, method := range methods {
			methods[i] = fmt.Sprintf("%d %s", step.ByMethod[method], method)
		}
		fmt.Fprintf(&b, "| %s | %.2f | %d | %s |\n", step.Name, step.PerClone, step.Requests, strings.Join(methods, ", "))
	}

	return b.String()
}
