use super::*;
use crate::testing::{bulk, conversation, troubles};

fn dump(name: &str, score: &Score, width: f32, height: f32, zoom: f32, options: &Options) {
    let viewport = Viewport {
        zoom,
        ..Viewport::new(width, height)
    };
    let list = ladder(&Frame::whole(score), &viewport, options);
    let words = crate::svg::Words {
        title: name,
        description: "",
        language: "en",
    };
    if let Ok(folder) = std::env::var("VIEW_SVG") {
        std::fs::write(
            format!("{folder}/{name}.svg"),
            crate::svg::svg(&list, &words, &crate::svg::Colours::Auto),
        )
        .unwrap();
    }
}

#[test]
fn pictures() {
    let options = Options::default();
    dump("conv-wide", &conversation(), 1280.0, 800.0, 1.0, &options);
    dump("conv-800", &conversation(), 800.0, 800.0, 1.0, &options);
    dump("conv-phone", &conversation(), 360.0, 740.0, 1.0, &options);
    dump("troubles-wide", &troubles(), 1000.0, 700.0, 1.0, &options);
    dump("troubles-phone", &troubles(), 360.0, 740.0, 1.0, &options);
    dump("bulk", &bulk(3000), 800.0, 700.0, 1.0, &options);
    dump("bulk-fit", &bulk(3000), 800.0, 700.0, 0.15, &options);
}
