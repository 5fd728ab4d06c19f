package apierr_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoErrorIsToldByItsText reads the whole product: an error is told apart by type or code, never by what it says,
// since texts change between releases of a platform and with its language.
func TestNoErrorIsToldByItsText(t *testing.T) {
	t.Parallel()
	read := 0
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		read++
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, at := range textDecisions(file) {
			t.Errorf("%s: decides by an error's text; use errors.As or apierr.Is", files.Position(at))
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read < 10 {
		t.Fatalf("read %d files: the walk does not reach the product", read)
	}
}

// TestTextDecisions shows that the check can fail.
func TestTextDecisions(t *testing.T) {
	t.Parallel()
	for give, want := range map[string]int{
		`strings.Contains(err.Error(), "gone")`:          1,
		`strings.HasPrefix(f().Error(), "gone")`:         1,
		`err.Error() == "gone"`:                          1,
		`strings.Contains(err.Message(), "gone")`:        0,
		`errors.Is(err, gone)`:                           0,
		`len(err.Error()) > 3`:                           0,
		`strings.Contains("gone", err.Error()) || false`: 1,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nvar y = "+give, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(textDecisions(file)); got != want {
			t.Errorf("textDecisions(%s) found %d places, want %d", give, got, want)
		}
	}
}

// textDecisions returns where a file compares or searches the text of an error.
func textDecisions(file *ast.File) []token.Pos {
	var at []token.Pos
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if !ok || pkg.Name != "strings" && pkg.Name != "regexp" {
				return true
			}
			switch sel.Sel.Name {
			case "Contains", "ContainsAny", "HasPrefix", "HasSuffix", "EqualFold", "Index", "MatchString":
				for _, arg := range n.Args {
					if isErrorText(arg) {
						at = append(at, n.Pos())
					}
				}
			}
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && (isErrorText(n.X) || isErrorText(n.Y)) {
				at = append(at, n.Pos())
			}
		}

		return true
	})

	return at
}

// isErrorText reports whether an expression is a call of a method Error without arguments.
func isErrorText(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) != 0 {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)

	return ok && sel.Sel.Name == "Error"
}
