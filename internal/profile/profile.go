//go:build profiled

// Package profile records a CPU profile of a provider process, in builds with the tag profiled.
package profile

import (
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"
)

// folder receives one profile for each process. The build sets it by -ldflags "-X …/internal/profile.folder=…".
var folder string

// Start begins the profile of this process. The file is complete once stop was called.
func Start() (stop func()) {
	name := fmt.Sprintf("%s-%d.pprof", time.Now().Format("150405.000"), os.Getpid())
	file, err := os.Create(filepath.Join(folder, name))
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
