package realcli

import "testing"

func TestVersionIn(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"OpenTofu v1.12.6\non linux_amd64\n":  "OpenTofu v1.12.6",
		"Terraform v1.15.9\non linux_amd64\n": "Terraform v1.15.9",
		"\nWarning: Unable to open CLI configuration file\n\nIt does not exist.\nOpenTofu v1.12.6\non linux_amd64\n": "OpenTofu v1.12.6",
		"no version of any kind\n": "",
	} {
		if got := versionIn(said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}
