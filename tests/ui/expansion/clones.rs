//! What the names in a list of clones stand for.

use crosstown_runtime::crosstown_traffic;

use super::all_completed;

struct User {
    name: String,
}

impl User {
    fn rename(&mut self, name: String) {
        #[crosstown_traffic(clone(self.name as name, name as new_name))]
        fn tell() {
            assert_eq!((name.as_str(), new_name.as_str()), ("Ann", "Bea"));
        }
        self.name = name;
    }

    #[crosstown_traffic(clone(self.name as name, name as mut new_name))]
    fn renamed(&self, name: String) {
        new_name.push('!');
        assert_eq!((name.as_str(), new_name.as_str()), ("Bea", "Cid!"));
    }
}

fn swap(left: String, right: String) {
    #[crosstown_traffic(clone(left as right, right as left))]
    fn swapped() {
        assert_eq!((left.as_str(), right.as_str()), ("right", "left"));
    }
    drop((left, right));
}

#[tokio::test]
async fn a_source_is_what_its_name_meant_before_the_list() {
    let handler = async {
        let mut user = User { name: "Ann".into() };
        user.rename("Bea".into());
        user.renamed("Cid".into());
        swap("left".into(), "right".into());
    };
    all_completed(handler, 3).await;
}
