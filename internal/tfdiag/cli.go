package tfdiag

import "sync/atomic"

// openTofu says that OpenTofu shows the diagnostics. A process serves one CLI.
var openTofu atomic.Bool

// ForOpenTofu makes the texts from now on name OpenTofu and its command, where they name Terraform's otherwise.
func ForOpenTofu() { openTofu.Store(true) }

// Command returns a command of the CLI in use, such as "terraform plan" for "plan".
func Command(arguments string) string {
	if openTofu.Load() {
		return "tofu " + arguments
	}

	return "terraform " + arguments
}

// product returns the name of the CLI in use.
func product() string {
	if openTofu.Load() {
		return "OpenTofu"
	}

	return "Terraform"
}
