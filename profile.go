//go:build profiled

package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"
)

// profiles is the folder that each process leaves a profile of its CPU time in, set by the build: -ldflags "-X main.profiles=folder".
var profiles string

// startProfile begins the profile of this process, which is whole when the returned function was called.
func startProfile() (stop func()) {
	name := fmt.Sprintf("%s-%d.pprof", time.Now().Format("150405.000"), os.Getpid())
	file, err := os.Create(filepath.Join(profiles, name))
	if err == nil {
		err = pprof.StartCPUProfile(file)
	}
	if err != nil {
		log.Fatal("the profile: ", err)
	}

	return func() {
		pprof.StopCPUProfile()
		if err := file.Close(); err != nil {
			log.Print("[WARN] the profile: ", err)
		}
	}
}
