package launcher

import "syscall"

// tied ends a provider with its launcher, should the CLI kill that.
func tied() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
