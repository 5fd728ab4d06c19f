package realcli

import "testing"

func TestIsOpenTofu(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{
		"OpenTofu v1.12.6\non linux_amd64\n":  true,
		"Terraform v1.15.9\non linux_amd64\n": false,
		"\nWarning: Unable to open CLI configuration file\n\nIt does not exist.\nOpenTofu v1.12.6\non linux_amd64\n": true,
	} {
		if got := isOpenTofu(version); got != want {
			t.Errorf("%q: %t, want %t", version, got, want)
		}
	}
}
