package states_test

import (
	"testing"

	"github.com/vmfork/terraform-provider-vmfork/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }
