//go:build !linux

package launcher

import "syscall"

// tied does nothing: a provider whose launcher was killed notices it by itself.
func tied() *syscall.SysProcAttr { return nil }
